RUN echo too soon
FROM debian:trixie
WORKDIR app
MAINTAINER somebody@example.com
