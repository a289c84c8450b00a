FROM debian:trixie
ENTRYPOINT ["sleep", "1"
WORKDIR app
MAINTAINER somebody@example.com
