ARG BASE=debian
ARG TAG
ARG IMAGE=${BASE}:${TAG:-trixie}
FROM ${IMAGE} AS one
ARG BASE
ARG TAG=other
RUN echo "$BASE $TAG"
FROM ${BASE}:${TAG:-trixie}-slim
RUN echo "$BASE is empty here"
