FROM debian:trixie
RUN mkdir /srv/spool && chmod 1777 /srv/spool
COPY --chmod=755 post.sh /usr/local/bin/
USER nobody
CMD ["post.sh"]
