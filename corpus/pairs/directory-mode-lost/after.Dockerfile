FROM debian:trixie AS build
RUN mkdir /srv/spool && chmod 1777 /srv/spool
COPY --chmod=755 post.sh /usr/local/bin/

FROM debian:trixie-slim
COPY --from=build /srv/spool /srv/spool
COPY --from=build /usr/local/bin/post.sh /usr/local/bin/
USER nobody
CMD ["post.sh"]
