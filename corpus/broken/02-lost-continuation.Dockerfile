FROM debian:trixie
RUN echo start
apt-get update
&& apt-get install -y --no-install-recommends curl
WORKDIR app
MAINTAINER somebody@example.com
