FROM debian:trixie
ENV a
WORKDIR app
MAINTAINER somebody@example.com
