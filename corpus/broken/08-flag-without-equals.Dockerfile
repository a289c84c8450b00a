FROM debian:trixie
COPY --from b a /x
WORKDIR app
MAINTAINER somebody@example.com
