FROM debian:trixie
HEALTHCHECK --interval=30 CMD true
WORKDIR app
MAINTAINER somebody@example.com
