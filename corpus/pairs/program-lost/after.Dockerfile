FROM gcc:14 AS build
COPY pages.c /src/
RUN gcc -O2 -o /usr/local/bin/pages /src/pages.c

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/pages /usr/local/bin/
CMD ["pages"]
