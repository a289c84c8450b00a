FROM debian:trixie
RUN echo x && \

COPY a /b
WORKDIR app
MAINTAINER somebody@example.com
