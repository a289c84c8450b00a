FROM debian:trixie AS build
COPY today /srv/diary/today
COPY --chmod=755 diary.sh /usr/local/bin/
RUN chown nobody:nogroup /srv/diary/today && chmod 600 /srv/diary/today

FROM debian:trixie-slim
COPY --from=build --chown=root:root /srv/diary/today /srv/diary/
COPY --from=build /usr/local/bin/diary.sh /usr/local/bin/
USER nobody
CMD ["diary.sh"]
