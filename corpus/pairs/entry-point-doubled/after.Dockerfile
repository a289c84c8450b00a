FROM debian:trixie AS build
COPY recite.sh /src/
RUN install -m 755 /src/recite.sh /usr/local/bin/recite

# A base of the kind that brings its own entry point.
FROM debian:trixie-slim AS runtime
COPY --from=build /usr/local/bin/recite /usr/local/bin/
ENTRYPOINT ["recite"]

FROM runtime
CMD ["recite", "one", "two"]
