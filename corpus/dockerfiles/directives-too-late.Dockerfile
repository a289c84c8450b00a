# This file has a licence.
# syntax=docker/dockerfile:1
# escape=`
FROM debian:trixie
RUN echo one \
  two
