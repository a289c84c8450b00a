FROM
RUN echo one
WORKDIR app
MAINTAINER somebody@example.com
FROM a b
RUN echo two
WORKDIR app
MAINTAINER somebody@example.com
FROM a AS
RUN echo three
WORKDIR app
MAINTAINER somebody@example.com
