FROM rust:1.85 AS build
WORKDIR /src
COPY . .
RUN cargo build --release --offline

FROM debian:trixie-slim
WORKDIR /src
COPY --from=build /src/target/release/pilot target/release/
CMD ["/src/target/release/pilot"]
