FROM debian:trixie
COPY store.sh /src/
RUN install -m 755 /src/store.sh /usr/local/bin/store.sh && mkdir -p /srv/attic && touch /srv/attic/lamp
VOLUME /srv/attic
CMD ["store.sh"]
