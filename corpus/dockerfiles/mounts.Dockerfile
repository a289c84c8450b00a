# syntax=docker/dockerfile:1
FROM golang:1.24
WORKDIR /src
RUN --mount=type=bind,source=go.mod,target=go.mod \
    --mount=type=bind,source=go.sum,target=go.sum \
    --mount=type=cache,id=mod,target=/go/pkg/mod,sharing=locked,uid=1000,mode=0755 \
    go mod download
RUN --mount=target=.,rw --mount=type=tmpfs,target=/tmp/build,size=64m go build ./...
RUN --mount=type=secret,id=token,required=true,mode=0400 cat /run/secrets/token
RUN --mount=type=secret,id=key,env=API_KEY --mount=type=ssh,required git clone git@example.com:a/b
RUN --mount="type=cache,target=/root/.cache" --network=none --security=sandbox go vet ./...
RUN --mount='type=bind,"source=a,b",target=/x' true
