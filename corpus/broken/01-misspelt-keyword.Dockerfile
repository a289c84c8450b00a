FORM alpine:3.22
RUN echo one
WORKDIR app
MAINTAINER somebody@example.com
