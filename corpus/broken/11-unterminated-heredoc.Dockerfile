FROM debian:trixie
RUN cat <<E
a
b
USER nobody
WORKDIR app
MAINTAINER somebody@example.com
