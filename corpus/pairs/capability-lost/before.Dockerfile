FROM gcc:14
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin && rm -rf /var/lib/apt/lists/*
COPY hops.c /src/
RUN gcc -O2 -o /usr/local/bin/hops /src/hops.c && setcap cap_net_raw+p /usr/local/bin/hops
USER nobody
CMD ["hops"]
