FROM debian:trixie
CMD ['echo', 'hello']
WORKDIR app
MAINTAINER somebody@example.com
