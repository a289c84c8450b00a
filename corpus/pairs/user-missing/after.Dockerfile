FROM debian:trixie AS build
RUN useradd --system --uid 950 keeper
COPY --chmod=755 whoami.sh /usr/local/bin/

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/whoami.sh /usr/local/bin/
USER keeper
CMD ["whoami.sh"]
