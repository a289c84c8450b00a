FROM debian:trixie AS a
HEALTHCHECK NONE
FROM debian:trixie AS b
HEALTHCHECK --interval=1.5h --timeout=500ms --start-interval=5s --retries=0 cmd ["/check", "--fast"]
FROM debian:trixie
HEALTHCHECK CMD test -S /run/app.sock || exit 1
HEALTHCHECK --interval=1m30s \
    # as often as they can bear
    --retries=5 \
    CMD curl -f http://localhost/ \
     || exit 1
