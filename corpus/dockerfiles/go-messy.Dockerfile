FROM golang
ADD . /go/src/app
WORKDIR /go/src/app
RUN go get ./... && go build -o main .
RUN apt-get update && apt-get install -y ca-certificates
EXPOSE 8080
ENTRYPOINT /go/src/app/main -config ./config.yaml
