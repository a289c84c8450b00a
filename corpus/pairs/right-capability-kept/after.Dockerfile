FROM gcc:14 AS build
COPY hops.c /src/
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin && \
    gcc -O2 -o /usr/local/bin/hops /src/hops.c && setcap cap_net_raw+p /usr/local/bin/hops && \
    apt-get purge -y --auto-remove libcap2-bin && rm -rf /var/lib/apt/lists/*

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/hops /usr/local/bin/hops
USER nobody
CMD ["hops"]
