FROM gcc:14 AS build
COPY format.c /src/
RUN gcc -O2 -o /usr/local/bin/format /src/format.c

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/format /usr/local/bin/
CMD ["format"]
