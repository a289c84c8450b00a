FROM golang:1.24
WORKDIR /app
COPY . .
RUN CGO_ENABLED=0 go build -o card .
CMD ["/app/card"]
