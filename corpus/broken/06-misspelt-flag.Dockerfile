FROM debian:trixie
COPY --form=build a /x
WORKDIR app
MAINTAINER somebody@example.com
