FROM debian:trixie AS build
RUN mkdir -p /var/lib/harbour
COPY --chmod=755 log.sh /usr/local/bin/

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/log.sh /usr/local/bin/
CMD ["log.sh"]
