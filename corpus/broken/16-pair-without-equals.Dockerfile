FROM debian:trixie
ENV a=1 b
WORKDIR app
MAINTAINER somebody@example.com
