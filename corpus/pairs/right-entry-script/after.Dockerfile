FROM gcc:14 AS build
WORKDIR /srv/harbour
COPY berths.c ./
RUN gcc -O2 -o /usr/local/bin/berths berths.c

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends jq && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/harbour
COPY --from=build /usr/local/bin/berths /usr/local/bin/
COPY --chmod=755 start.sh /usr/local/bin/
COPY harbour.json ./
ENTRYPOINT ["start.sh"]
CMD ["berths"]
