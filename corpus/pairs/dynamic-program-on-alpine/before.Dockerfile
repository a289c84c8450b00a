FROM golang:1.24
WORKDIR /src
COPY . .
RUN GOOS=linux go build -installsuffix cgo -o /usr/local/bin/resolve .
CMD ["resolve"]
