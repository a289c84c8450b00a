FROM debian:trixie
COPY --link= a /x
WORKDIR app
MAINTAINER somebody@example.com
