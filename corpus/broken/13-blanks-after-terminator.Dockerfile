FROM debian:trixie
RUN cat <<E
x
E 
E
WORKDIR app
MAINTAINER somebody@example.com
