# syntax=docker/dockerfile:1
FROM debian:trixie
COPY --link --chown=0:0 a b c/ /srv/
COPY --link=false --from=debian:trixie /etc/debian_version /etc/debian_version
COPY --parents src/./lib/*.c src/**/*.h /build/
COPY --exclude=*.md --exclude=docs . /srv/
COPY --chmod=u=rwX,go=rX tree /srv/tree
COPY -- --odd-name /srv/
