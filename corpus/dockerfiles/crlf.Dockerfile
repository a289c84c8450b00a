# A file written on another system.
FROM debian:trixie
RUN apt-get update \
    && apt-get install -y make \
    # with a comment
    && true
COPY <<EOF /etc/motd
welcome
EOF
CMD ["make"]
