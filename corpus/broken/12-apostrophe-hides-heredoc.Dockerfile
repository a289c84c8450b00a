FROM debian:trixie
RUN cat <<E # it's hidden
x
E
WORKDIR app
MAINTAINER somebody@example.com
