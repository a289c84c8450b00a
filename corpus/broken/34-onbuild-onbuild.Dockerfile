FROM debian:trixie
ONBUILD ONBUILD RUN echo x
WORKDIR app
MAINTAINER somebody@example.com
