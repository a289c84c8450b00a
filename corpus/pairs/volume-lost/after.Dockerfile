FROM debian:trixie AS build
COPY store.sh /src/
RUN install -m 755 /src/store.sh /usr/local/bin/store.sh && mkdir -p /srv/attic && touch /srv/attic/lamp
VOLUME /srv/attic

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/store.sh /usr/local/bin/
COPY --from=build /srv/attic /srv/attic
CMD ["store.sh"]
