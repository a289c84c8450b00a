FROM debian:trixie AS 2nd
RUN echo one
WORKDIR app
MAINTAINER somebody@example.com
