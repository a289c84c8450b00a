FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN GOOS=linux go build -installsuffix cgo -o /usr/local/bin/resolve .

FROM alpine:3.22
WORKDIR /src
COPY --from=build /usr/local/bin/resolve /usr/local/bin/resolve
CMD ["resolve"]
