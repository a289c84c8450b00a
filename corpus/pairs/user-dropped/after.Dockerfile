FROM debian:trixie AS build
COPY --chmod=755 who.sh /usr/local/bin/
USER 1234:1234

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/who.sh /usr/local/bin/
CMD ["who.sh"]
