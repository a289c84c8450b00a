FROM debian:trixie
ARG GARDEN_DIR=/srv/garden
COPY --chmod=755 count.sh /usr/local/bin/
RUN mkdir -p $GARDEN_DIR
ENV GARDEN=$GARDEN_DIR
CMD ["count.sh"]
