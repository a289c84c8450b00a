FROM debian:trixie
RUN set -eux; for d in a b "c d"; do mkdir -p "/srv/$d"; done; ls /srv
RUN if [ -f /etc/debian_version ]; then cat /etc/debian_version; elif false; then :; else exit 1; fi
RUN case "$(uname -m)" in x86_64|amd64) arch=amd64 ;; aarch64) arch=arm64 ;; *) exit 1 ;; esac; echo "$arch"
RUN (cd /srv && tar -cf - .) | tar -C /tmp -xf - ; { echo a; echo b; } >/tmp/ab 2>&1
RUN while read -r line; do echo "$line"; done </etc/passwd | sort -u > /tmp/users &
RUN ! grep -q nobody /etc/group || echo `id -u` $((1 + 2 * 3)) ${HOME:-none} "${PATH%%:*}"
RUN f() { echo "$1"; }; f one; f 'two $three'
CMD exec sleep "${SECONDS_TO_SLEEP:-60}"
