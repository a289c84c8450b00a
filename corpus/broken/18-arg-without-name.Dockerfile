FROM debian:trixie
ARG =x
WORKDIR app
MAINTAINER somebody@example.com
