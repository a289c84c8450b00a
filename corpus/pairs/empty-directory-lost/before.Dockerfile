FROM debian:trixie
RUN mkdir -p /var/lib/harbour
COPY --chmod=755 log.sh /usr/local/bin/
CMD ["log.sh"]
