FROM debian:trixie
ARG http_proxy
ARG NPM_TOKEN
ENV AWS_SECRET_ACCESS_KEY=example
RUN echo "//registry.npmjs.org/:_authToken=$NPM_TOKEN" > ~/.npmrc && npm ci && rm ~/.npmrc
