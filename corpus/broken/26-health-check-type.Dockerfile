FROM debian:trixie
HEALTHCHECK curl http://localhost/
WORKDIR app
MAINTAINER somebody@example.com
