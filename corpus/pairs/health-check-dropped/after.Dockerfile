FROM debian:trixie AS build
COPY tick.sh /src/
RUN install -m 755 /src/tick.sh /usr/local/bin/tick.sh
HEALTHCHECK --interval=2s CMD ["true"]

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/tick.sh /usr/local/bin/
CMD ["tick.sh"]
