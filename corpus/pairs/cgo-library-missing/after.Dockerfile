FROM golang:1.24 AS build

RUN apt-get update && apt-get install -y --no-install-recommends \
        libcmark-dev \
        pkg-config \
        tzdata \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .
RUN go build -o /usr/local/bin/notice .

FROM debian:trixie-slim
WORKDIR /src
COPY --from=build /usr/local/bin/notice /usr/local/bin/notice
CMD ["notice"]
