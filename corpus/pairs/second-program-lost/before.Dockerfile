FROM rust:1.85
WORKDIR /src
COPY . .
RUN cargo build --release --offline
CMD ["/src/target/release/pilot"]
