FROM debian:trixie
CMD ["sleep", 1]
WORKDIR app
MAINTAINER somebody@example.com
