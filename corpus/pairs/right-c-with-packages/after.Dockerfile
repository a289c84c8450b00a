FROM gcc:14 AS build
COPY survey.c /src/
RUN gcc -O2 -o /usr/local/bin/survey /src/survey.c

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libyaml-0-2 m4 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/survey /usr/local/bin/
CMD ["survey"]
