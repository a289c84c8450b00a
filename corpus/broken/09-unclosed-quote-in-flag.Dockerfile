FROM debian:trixie
RUN --mount="type=cache,target=/c make
WORKDIR app
MAINTAINER somebody@example.com
