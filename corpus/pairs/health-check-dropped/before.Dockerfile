FROM debian:trixie
COPY tick.sh /src/
RUN install -m 755 /src/tick.sh /usr/local/bin/tick.sh
HEALTHCHECK --interval=2s CMD ["true"]
CMD ["tick.sh"]
