FROM debian:trixie AS build
COPY bell.sh /opt/bell/
RUN chmod 755 /opt/bell/bell.sh

FROM debian:trixie-slim
COPY --from=build --chmod=644 /opt/bell/bell.sh /opt/bell/
ENTRYPOINT ["/opt/bell/bell.sh"]
