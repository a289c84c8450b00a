# dfopt ignore=untagged-base
# hadolint global ignore=DL3059
FROM debian
# hadolint ignore=DL3003,SC2164
RUN cd /srv && make
# dfopt ignore=latest-tag
FROM alpine:latest
# check=skip=StageNameCasing
FROM alpine:3.22 AS Final
