FROM debian:trixie AS build
COPY watch.sh /src/
RUN install -m 755 /src/watch.sh /usr/local/bin/watch.sh
STOPSIGNAL SIGINT

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/watch.sh /usr/local/bin/
CMD ["watch.sh"]
