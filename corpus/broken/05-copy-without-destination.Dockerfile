FROM debian:trixie
COPY app
WORKDIR app
MAINTAINER somebody@example.com
