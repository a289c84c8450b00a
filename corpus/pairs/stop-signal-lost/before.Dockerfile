FROM debian:trixie
COPY watch.sh /src/
RUN install -m 755 /src/watch.sh /usr/local/bin/watch.sh
STOPSIGNAL SIGINT
CMD ["watch.sh"]
