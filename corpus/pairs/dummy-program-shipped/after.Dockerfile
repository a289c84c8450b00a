FROM rust:1.85 AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && echo 'fn main() {}' >src/main.rs && cargo build --release --offline && rm -r src
COPY src ./src
# The same sources make the same layers, whenever they were checked out.
RUN find src -exec touch --date=@0 '{}' +
RUN cargo build --release --offline

FROM debian:trixie-slim
WORKDIR /src
COPY --from=build /src/target/release/almanac target/release/almanac
CMD ["target/release/almanac"]
