FROM debian:trixie
COPY --chmod=755 who.sh /usr/local/bin/
USER 1234:1234
CMD ["who.sh"]
