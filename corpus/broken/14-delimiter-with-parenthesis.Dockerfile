FROM debian:trixie
RUN (cat <<E)
x
E
WORKDIR app
MAINTAINER somebody@example.com
