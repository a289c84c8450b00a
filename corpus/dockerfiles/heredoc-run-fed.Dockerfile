FROM debian:trixie
RUN cat <<EOF >/etc/motd
welcome to $HOSTNAME
EOF
RUN bash <<'ONE' && cat <<TWO | tr a-z A-Z
echo "first: $0"
ONE
second
TWO
RUN 3<<IN cat <&3
from descriptor three
IN
COPY a /a
