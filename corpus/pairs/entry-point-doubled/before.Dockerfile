FROM debian:trixie
COPY recite.sh /src/
RUN install -m 755 /src/recite.sh /usr/local/bin/recite
CMD ["recite", "one", "two"]
