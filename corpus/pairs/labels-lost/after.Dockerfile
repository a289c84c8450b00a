FROM debian:trixie AS build
LABEL org.opencontainers.image.title="note" \
      com.example.backup="nightly"
COPY note.txt /srv/

FROM debian:trixie-slim
LABEL org.opencontainers.image.title="note"
COPY --from=build /srv/note.txt /srv/
CMD ["cat", "/srv/note.txt"]
