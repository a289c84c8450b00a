FROM debian:trixie
CMD["true"]
COPY./a /b
WORKDIR app
MAINTAINER somebody@example.com
