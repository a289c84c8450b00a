FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /usr/local/bin/trust .

FROM debian:trixie-slim
WORKDIR /src
COPY --from=build /usr/local/bin/trust /usr/local/bin/trust
CMD ["trust"]
