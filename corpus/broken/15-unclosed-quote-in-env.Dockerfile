FROM debian:trixie
ENV a="b
ENV c=d
WORKDIR app
MAINTAINER somebody@example.com
