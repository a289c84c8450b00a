FROM debian:trixie
EXPOSE
WORKDIR app
MAINTAINER somebody@example.com
