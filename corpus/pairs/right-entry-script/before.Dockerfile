FROM gcc:14
RUN apt-get update && apt-get install -y --no-install-recommends jq && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/harbour
COPY berths.c ./
RUN gcc -O2 -o /usr/local/bin/berths berths.c
COPY --chmod=755 start.sh /usr/local/bin/
COPY harbour.json ./
ENTRYPOINT ["start.sh"]
CMD ["berths"]
