FROM golang:1.24 AS build
WORKDIR /app
COPY . .
RUN CGO_ENABLED=0 go build -o dial .

FROM gcr.io/distroless/static-debian13
WORKDIR /app
COPY --from=build /app/dial ./
ENV STATION=harbour
CMD ["./dial"]
