FROM debian:trixie
RUN if true; then echo yes
USER nobody
WORKDIR app
MAINTAINER somebody@example.com
