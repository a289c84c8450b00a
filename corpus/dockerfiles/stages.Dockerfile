ARG GO=1.24
FROM golang:${GO} AS Builder
WORKDIR /src
COPY . .
RUN go build -o /out/app .

FROM builder AS test
RUN go test ./...

FROM debian:trixie AS unused
RUN true

FROM scratch
COPY --from=builder /out/app /app
COPY --from=0 /etc/passwd /etc/passwd
COPY --from=alpine:3.22 /etc/ssl /etc/ssl
ENTRYPOINT ["/app"]
