FROM debian:trixie
ARG PORT=8080
COPY <<EOF /etc/app/app.conf
# not a comment of the Dockerfile
port = ${PORT}
path = \$PATH
FROM here on it is still text
EOF
COPY --chmod=755 <<'RUN' <<-BYE /usr/local/bin/
#!/bin/sh
echo "$1"
RUN
	#!/bin/sh
	echo bye
BYE
ADD --chown=1000 <<empty.txt local.txt /srv/
empty.txt
ONBUILD COPY <<LATER /later
text for the child
LATER
