FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o opening .

FROM alpine:3.22
RUN apk add --no-cache ca-certificates tzdata
WORKDIR /src
COPY --from=build /src/opening ./
CMD ["./opening"]
