# escape=x
FROM debian:trixie
RUN echo one \
    two
WORKDIR app
MAINTAINER somebody@example.com
