FROM debian:trixie
COPY today /srv/diary/today
COPY --chmod=755 diary.sh /usr/local/bin/
RUN chown nobody:nogroup /srv/diary/today && chmod 600 /srv/diary/today
USER nobody
CMD ["diary.sh"]
