FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/tides
COPY . ./
RUN make
CMD ["./bin/tides"]
