FROM debian:trixie
RUN echo "a && b
COPY . .
WORKDIR app
MAINTAINER somebody@example.com
