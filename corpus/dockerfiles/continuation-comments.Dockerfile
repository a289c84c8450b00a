FROM debian:trixie
RUN apt-get update && \
    # the compiler
    apt-get install -y \
        gcc \
  # and what it needs
        libc6-dev \
        # nothing else
    && rm -rf /var/lib/apt/lists/*
ENV ONE=1 \
    # in between
    TWO=2
COPY a \
     b \
     /srv/
