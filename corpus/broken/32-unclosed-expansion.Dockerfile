FROM debian:trixie
ENV a=${b
WORKDIR app
MAINTAINER somebody@example.com
