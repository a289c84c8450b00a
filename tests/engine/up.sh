#!/usr/bin/env bash
# Starts a private Docker engine (BuildKit, buildx) and fills it with stand-ins for well-known base images.
#
#   eval "$(tests/engine/up.sh)"             engine up, default stand-ins; sets DOCKER_HOST, DOCKER_CONFIG and PATH
#   tests/engine/up.sh golang node           only these, and what they are built from
#   tests/engine/up.sh all                   also the ones that are built by name only (see --list)
#   tests/engine/up.sh --none                engine only
#   tests/engine/up.sh --if-needed golang    does and prints nothing where the machine's own Docker can pull images
#   tests/engine/up.sh --list                names, tags and how each differs from the official image
#   tests/engine/up.sh --down                stops the engine; --purge also deletes its data
#
# Where images can be pulled none of this is needed. Where no image registry can be reached, the stand-ins are built from
# Debian's packages and the language registries, and tagged like the images they stand for. debian:* is bootstrapped below,
# each other one is stand-ins/NAME.Dockerfile: "# image STAGE = TAG…" lines say what it makes, "# by name only" keeps it out
# of the default set, "# differs:" says what is not as in the official image.
#
# The engine has its own socket, data folder, bridge and address range, and leaves the firewall rules of a Docker that is
# already on the machine alone. Needs root and apt on Debian 12 or 13. DFOPT_ENGINE_HOME moves it. A second call takes a
# second; a stand-in is built again when its Dockerfile, or one it is built from, has changed.
set -euo pipefail
stand_ins=$(cd "$(dirname "$0")" && pwd)/stand-ins
home=${DFOPT_ENGINE_HOME:-/var/lib/dfopt-engine}
root=$home/root
n=$(($(cksum <<<"$home" | cut -d' ' -f1) % 250)) # each home has its bridge and its range: half for it, half for docker network create
bridge=dfopt$n net=10.213.$n
log() { printf '%s\n' "$*" >&2; }

rules() { # -I or -D: lets the engine's containers out (dockerd itself touches no rule)
    local had rule
    for rule in "POSTROUTING -t nat -s $net.0/24 ! -d $net.0/24 -j MASQUERADE" "FORWARD -s $net.0/24 -j ACCEPT" \
        "FORWARD -d $net.0/24 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"; do
        # shellcheck disable=SC2086
        iptables -C $rule 2>/dev/null && had=1 || had=0
        # shellcheck disable=SC2086
        case $1$had in -I0) iptables -I $rule ;; -D1) iptables -D $rule ;; esac
    done
}
engine_pid() { # of a dockerd that serves this home; a pid file may be stale and its number taken by another program
    local pid
    pid=$(cat "$home/dockerd.pid" 2>/dev/null) && grep -qszFx "$home/data" "/proc/$pid/cmdline" && echo "$pid"
}
wipe() { # DIR: also where an interrupted run left file systems mounted in it
    awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
    rm -rf --one-file-system "$1"
}
down() {
    local pid
    if pid=$(engine_pid); then
        kill "$pid"
        for _ in $(seq 200); do engine_pid >/dev/null || break; sleep 0.1; done
        engine_pid >/dev/null && kill -9 "$pid" && sleep 1
    fi
    rm -f "$home/dockerd.pid"
    command -v iptables >/dev/null && rules -D
    ip link del "$bridge" 2>/dev/null || true
}
pulls() { # whether a Docker that is there already pulls images and builds with BuildKit
    timeout 20 docker buildx version && timeout 120 docker pull --quiet busybox:latest
} >/dev/null 2>&1
case "${1:-}" in
    --if-needed) shift; if pulls; then log "using the Docker at hand"; exit; fi ;;
esac
case "${1:-}" in
    --down) down; exit ;;
    --purge) down; wipe "$home"; exit ;;
    --list)
        printf 'debian, bookworm, bullseye\n    debian:*, bootstrapped; differs: only the main archive, not the security one\n'
        for file in "$stand_ins"/*.Dockerfile; do basename "$file" .Dockerfile && sed -n '/^#/!q; s/^# /    /p' "$file"; done
        exit ;;
esac
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { log "a private engine needs root and a Debian"; exit 1; }

export PATH=$root/usr/bin:$root/usr/sbin:$PATH DOCKER_HOST=unix://$home/docker.sock DOCKER_CONFIG=$home/config
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
mkdir -p "$home/stamps" "$DOCKER_CONFIG/cli-plugins"
exec 9>"$home/lock" && flock 9 # two calls at once: the second waits, then finds all done

mirror() { # the machine's own Debian mirror, whichever way its sources are written
    [ -s "$home/mirror" ] && cat "$home/mirror" && return
    local uri
    # shellcheck disable=SC2016,SC1091
    uri=$(. /etc/os-release && apt-get indextargets --format '$(SITE)' "Origin: Debian" "Codename: $VERSION_CODENAME" "Created-By: Packages" | awk 'NR == 1')
    case $uri in mirror+file:*) uri=$(grep -m1 -oE '^[a-z]+:[^[:space:]]+' "${uri#mirror+file:}") ;; esac
    [ -n "$uri" ] || { log "no Debian mirror in apt's sources"; return 1; }
    printf '%s\n' "${uri%/}" | tee "$home/mirror"
}
install_engine() {
    local need=() tool tmp=$home/tmp from
    log "installing the engine"
    apt-get update -qq >&2 || log "apt-get update failed; going on with the lists at hand"
    for tool in iptables ip:iproute2 debootstrap; do command -v "${tool%:*}" >/dev/null || need+=("${tool#*:}"); done
    [ -s /etc/ssl/certs/ca-certificates.crt ] || need+=(ca-certificates)
    [ ${#need[@]} -eq 0 ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >&2
    # unpacked, not installed: no package of the machine changes. Docker is trixie's, runc (linked with libc) the machine's own
    from=$(mirror)
    wipe "$tmp" && mkdir -p "$tmp/lists/partial" "$tmp/debs"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $from trixie main" >"$tmp/trixie.list"
    trixie() { apt-get -qq -o Dir::Etc::sourcelist="$tmp/trixie.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$tmp/lists" -o APT::Sandbox::User=root "$@" >&2; }
    trixie update
    (cd "$tmp/debs" && trixie download docker.io docker-cli containerd docker-buildx tini && apt-get -qq -o APT::Sandbox::User=root download runc >&2)
    wipe "$root.new"
    for tool in "$tmp"/debs/*.deb; do dpkg -x "$tool" "$root.new"; done
    wipe "$root" && mv "$root.new" "$root" && wipe "$tmp"
    ln -sf "$root/usr/libexec/docker/cli-plugins/docker-buildx" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
}
answers() { timeout 10 docker version >/dev/null 2>&1; } # one that hangs does not
start_engine() {
    log "starting the engine"
    down # one that died leaves a pid file, one that hangs a process
    # a fixed address: else the bridge takes one from its ports, a new one with each container, and running connections die
    ip link add "$bridge" address "02:0a:d5:$(printf %02x "$n"):00:01" type bridge
    ip addr add "$net.1/25" dev "$bridge"
    ip link set "$bridge" up
    rules -I
    rm -f "$home/data/network/files/local-kv.db" # networks end with the engine; an old range would come back instead of $net
    setsid dockerd --data-root "$home/data" --exec-root "$home/exec" --pidfile "$home/dockerd.pid" --host "$DOCKER_HOST" \
        --bridge "$bridge" --default-address-pool "base=$net.128/25,size=28" --iptables=false --ip6tables=false --storage-driver overlay2 >"$home/dockerd.log" 2>&1 </dev/null 9>&- &
    for _ in $(seq 150); do
        if answers; then return; fi
        sleep 0.2
    done
    tail -5 "$home/dockerd.log" >&2
    log "the engine did not start: see $home/dockerd.log"
    return 1
}
if [ ! -x "$root/usr/sbin/dockerd" ]; then install_engine; fi # no "||" before a function: it would switch set -e off in it
if ! answers; then start_engine; fi

# debian:* from the machine's mirror, with the settings of the official images. The certificates that the machine trusts
# besides Debian's wait in /usr/local/share/ca-certificates: as in the official images there is no bundle until the package
# ca-certificates is installed, which takes them up.
# differs: only the main archive, not the security one
declare -A suites=([debian]="trixie 13 stable" [bookworm]="bookworm 12" [bullseye]="bullseye 11") # suite first, all are tags
bootstrap() { # NAME
    local stamp tags slim tries=3 start=$SECONDS suite=${suites[$1]%% *} dir=$home/rootfs image='CMD ["bash"]' path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    read -ra tags <<<"debian:${suites[$1]// / debian:}"
    slim=("${tags[@]/%/-slim}")
    [ "$1" != debian ] || tags+=(debian:latest)
    stamp=$(declare -f bootstrap | sha256sum)
    current "$1" "${tags[@]}" "${slim[@]}" && return
    log "$1"
    wipe "$dir"
    until debootstrap --variant=minbase "$suite" "$dir" "$(mirror)" >"$home/$1.log" 2>&1; do # it keeps what it has downloaded
        [ $((tries -= 1)) -gt 0 ] || { tail -5 "$home/$1.log" >&2; return 1; }
    done
    wipe "$dir/var/cache/apt/archives"; wipe "$dir/var/lib/apt/lists"; wipe "$dir/etc/apt/sources.list"
    mkdir -p "$dir"/var/{cache/apt/archives,lib/apt/lists}/partial "$dir/usr/local/share/ca-certificates"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' "$(mirror)" "$suite" >"$dir/etc/apt/sources.list.d/debian.sources"
    printf '%s { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };\n' DPkg::Post-Invoke APT::Update::Post-Invoke >"$dir/etc/apt/apt.conf.d/docker-clean"
    printf 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n' >>"$dir/etc/apt/apt.conf.d/docker-clean"
    echo 'Acquire::Languages "none";' >"$dir/etc/apt/apt.conf.d/docker-no-languages"
    echo 'Acquire::GzipIndexes "true";' >"$dir/etc/apt/apt.conf.d/docker-gzip-indexes"
    echo 'Apt::AutoRemove::SuggestsImportant "false";' >"$dir/etc/apt/apt.conf.d/docker-autoremove-suggests"
    echo force-unsafe-io >"$dir/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
    printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d" && chmod 755 "$dir/usr/sbin/policy-rc.d"
    awk -v out="$dir/usr/local/share/ca-certificates/machine" '/BEGIN CERT/ { c = "" } { c = c $0 "\n" }
        /END CERT/ { if (FILENAME ~ /mozilla/) known[c]; else if (!(c in known)) printf "%s", c > (out "-" ++n ".crt") }' \
        /usr/share/ca-certificates/mozilla/*.crt /etc/ssl/certs/ca-certificates.crt
    # for programs with a bundle of their own (node): the same in one file
    (cd "$dir/usr/local/share/ca-certificates" && cat machine-*.crt >machine.pem 2>/dev/null) ||
        cp /etc/ssl/certs/ca-certificates.crt "$dir/usr/local/share/ca-certificates/machine.pem"
    tar -C "$dir" -c . | docker import -c "$image" -c "$path" - "${tags[0]}" >/dev/null
    printf 'path-exclude /usr/share/%s\n' 'doc/*' 'info/*' 'linda/*' 'lintian/overrides/*' 'locale/*' 'man/*' 'groff/*' >"$dir/etc/dpkg/dpkg.cfg.d/docker"
    echo 'path-include /usr/share/doc/*/copyright' >>"$dir/etc/dpkg/dpkg.cfg.d/docker"
    find "$dir"/usr/share/{doc,info,lintian,locale,man} ! -type d ! -name copyright -delete
    tar -C "$dir" -c . | docker import -c "$image" -c "$path" - "${slim[0]}" >/dev/null
    wipe "$dir"
    finish "$1" "${tags[*]}" "${slim[*]}"
    log "$1: $((SECONDS - start)) s"
}
declare -A owner seen present # tag -> stand-in; stand-in -> 1; tag -> 1
built=''
default=(debian) named=(bookworm bullseye)
for name in "${!suites[@]}"; do for tag in ${suites[$name]}; do owner[debian:$tag]=$name owner[debian:$tag-slim]=$name; done; done
owner[debian:latest]=debian
for file in "$stand_ins"/*.Dockerfile; do
    name=$(basename "$file" .Dockerfile)
    grep -q '^# by name only' "$file" && named+=("$name") || default+=("$name")
    while read -r _ _ _ _ tags; do for tag in $tags; do owner[$tag]=$name; done; done < <(grep '^# image ' "$file")
done
while read -r tag; do present[$tag]=1; done < <(docker image ls --format '{{.Repository}}:{{.Tag}}')

current() { # NAME TAG…: built from what $stamp says, and all its tags there
    local tag
    [ "$(cat "$home/stamps/$1" 2>/dev/null)" = "$stamp" ] || return 1
    for tag in "${@:2}"; do [ "${present[$tag]:-}" ] || return 1; done
}
finish() { # NAME "TAG TAG…"…: gives each image its further tags, and notes that all is built
    local tags tag
    for tags in "${@:2}"; do for tag in ${tags#* }; do [ "$tag" = "${tags%% *}" ] || docker tag "${tags%% *}" "$tag"; done; done
    echo "$stamp" >"$home/stamps/$1"
}
stand_in() { # NAME
    [ "${seen[$1]:-}" ] && return
    seen[$1]=1
    if [ "${suites[$1]:-}" ]; then bootstrap "$1"; return; fi
    local file=$stand_ins/$1.Dockerfile context=$stand_ins/$1 stages=() images=() needs=() bases from stage tags i start
    mapfile -t bases < <(sed -nE 's/^FROM ([^ ]+).*/\1/p' "$file" | sort -u)
    for from in "${bases[@]}"; do
        from=${owner[$from]:-}
        if [ -n "$from" ] && [ "$from" != "$1" ]; then stand_in "$from"; needs+=("$home/stamps/$from"); fi
    done
    while read -r _ _ stage _ tags; do stages+=("$stage") images+=("$tags"); done < <(grep '^# image ' "$file")
    [ -d "$context" ] && needs+=("$context"/*) || context=$home/empty
    mkdir -p "$home/empty"
    local stamp; stamp=$(cat "$file" "${needs[@]}" </dev/null | sha256sum)
    # shellcheck disable=SC2048,SC2086
    current "$1" ${images[*]} && return
    log "$1"
    start=$SECONDS
    for i in "${!stages[@]}"; do
        docker build --progress plain --file "$file" --target "${stages[i]}" --tag "${images[i]%% *}" "$context" >"$home/$1.log" 2>&1 ||
            { tail -20 "$home/$1.log" | cut -c -300 >&2; log "$1 could not be built: see $home/$1.log"; return 1; }
    done
    finish "$1" "${images[@]}"
    built=1
    log "$1: $((SECONDS - start)) s"
}
case "${1:-}" in --none) set -- ;; all) set -- "${default[@]}" "${named[@]}" ;; "") set -- "${default[@]}" ;; esac
for name in "$@"; do
    case " ${default[*]} ${named[*]} " in *" $name "*) ;; *) log "no stand-in called $name (known: ${default[*]}; by name only: ${named[*]})"; exit 2 ;; esac
done
for name in "$@"; do stand_in "$name"; done
[ -z "$built" ] || docker builder prune --force >/dev/null # what the stand-ins were built with: gigabytes
# shellcheck disable=SC2016
printf 'export PATH=%q:%q:$PATH DOCKER_HOST=%q DOCKER_CONFIG=%q\n' "$root/usr/bin" "$root/usr/sbin" "$DOCKER_HOST" "$DOCKER_CONFIG"
