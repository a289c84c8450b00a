FROM debian:trixie
SHELL /bin/bash -c
WORKDIR app
MAINTAINER somebody@example.com
