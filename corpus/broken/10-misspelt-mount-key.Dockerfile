FROM debian:trixie
RUN --mount=type=cache,targe=/c make
WORKDIR app
MAINTAINER somebody@example.com
