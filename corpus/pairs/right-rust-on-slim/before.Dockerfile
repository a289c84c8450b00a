FROM rust:1.85
WORKDIR /src
COPY . .
RUN cargo build --release --offline
CMD ["target/release/almanac"]
