ARG VERSION=1.2.3
ARG MAJOR=${VERSION%%.*}
FROM alpine:${MAJOR:+3.22} AS base
ARG VERSION
ARG NAME=app FULL=${NAME}-${VERSION:-none} EMPTY=
ENV A="$NAME" B='$NAME' C=\$NAME D=${MISSING-default} E=${NAME:+set} F=${VERSION#*.} G=${VERSION//./-} H=${VERSION/./_}
ENV LEGACY the value "keeps" its   blanks
ENV QUOTED="a \"quoted\" value" SPACED=with\ blank JOINED=a"b c"'d e'
LABEL "com.example.key with blank"="value" other=$FULL multi="line \
two"
WORKDIR /srv/${NAME}/${VERSION}
COPY --chown=${NAME}:${NAME} ${FULL}.tar /srv/
USER ${NAME:-nobody}
EXPOSE ${PORT:-80}/tcp
STOPSIGNAL ${SIGNAL:-SIGTERM}
VOLUME /srv/${NAME}/data
