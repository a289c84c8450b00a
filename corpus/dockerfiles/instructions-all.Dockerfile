# syntax=docker/dockerfile:1
# check=skip=JSONArgsRecommended
ARG RELEASE=trixie
FROM --platform=$BUILDPLATFORM debian:${RELEASE}-slim AS base
LABEL org.opencontainers.image.title="everything" org.opencontainers.image.version=1.0
ARG HOME_DIR=/srv/app
ENV APP_HOME=$HOME_DIR APP_ENV=production
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install -y --no-install-recommends curl
WORKDIR $APP_HOME
COPY --chown=1000:1000 --chmod=644 config/ ./config/
ADD assets.tar.gz ./assets/
VOLUME ["/srv/app/data", "/srv/app/cache"]
EXPOSE 8080 8443/tcp 5353/udp 6000-6002
USER 1000:1000
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=30s --timeout=5s --start-period=1m30s --retries=3 CMD curl -fsS http://localhost:8080/health
ONBUILD COPY . .
ONBUILD RUN make
ENTRYPOINT ["/srv/app/bin/server"]
CMD ["--port", "8080"]
