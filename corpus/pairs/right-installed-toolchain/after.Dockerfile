FROM debian:trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/tides
COPY . ./
RUN make

FROM debian:trixie-slim
WORKDIR /opt/tides
COPY --from=build /opt/tides/bin ./bin
COPY --from=build /opt/tides/lib ./lib
CMD ["./bin/tides"]
