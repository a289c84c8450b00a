FROM debian:trixie AS build
ARG GARDEN_DIR=/srv/garden
COPY --chmod=755 count.sh /usr/local/bin/
RUN mkdir -p $GARDEN_DIR

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/count.sh /usr/local/bin/
RUN mkdir -p /srv/garden
ENV GARDEN=$GARDEN_DIR
CMD ["count.sh"]
