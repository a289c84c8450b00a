FROM debian:trixie
LABEL org.opencontainers.image.title="note" \
      com.example.backup="nightly"
COPY note.txt /srv/
CMD ["cat", "/srv/note.txt"]
