#!/usr/bin/env bash
# Finds or installs the Go that the oracle needs, and fetches its modules.
#
#   eval "$(tests/oracle/up.sh)"    sets PATH, GOROOT and GOTOOLCHAIN where the Go at hand is not enough as it is
#
# Debian 12 has a Go that cannot switch to a newer one by itself; there the newer one is fetched as the module it is.
set -euo pipefail
cd "$(dirname "$0")"
wanted=$(sed -n 's/^go //p' go.mod)
log() { printf '%s\n' "$*" >&2; }
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; } # WANTED IS

if ! command -v go >/dev/null; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { log "no Go here, and no root and apt to install it with"; exit 1; }
    log "installing Go"
    apt-get update -qq >&2 || log "apt-get update failed; going on with the lists at hand"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates golang-go >&2
fi
is=$(cd / && GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//')
if at_least "$wanted" "$is"; then
    :
elif at_least 1.21 "$is"; then
    export GOTOOLCHAIN=auto # Debian's default is local
    echo "export GOTOOLCHAIN=auto"
else
    log "fetching Go $wanted"
    GOROOT=$(cd / && go mod download -json "golang.org/toolchain@v0.0.1-go$wanted.$(go env GOOS)-$(go env GOARCH)" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
    [ -d "$GOROOT" ] || { log "Go $wanted could not be fetched"; exit 1; }
    if [ ! -x "$GOROOT/bin/go" ]; then # a module holds no modes and no go.mod files but its own
        chmod -R u+w "$GOROOT"
        find "$GOROOT" -name _go.mod -execdir mv _go.mod go.mod \;
        find "$GOROOT/pkg/tool" -type f -exec chmod +x {} +
        chmod +x "$GOROOT/bin/gofmt" "$GOROOT/bin/go" # last: it marks the rest as done
    fi
    export GOROOT PATH=$GOROOT/bin:$PATH GOTOOLCHAIN=local
    printf 'export GOROOT=%q PATH=%q:$PATH GOTOOLCHAIN=local\n' "$GOROOT" "$GOROOT/bin"
fi
go mod download >&2
