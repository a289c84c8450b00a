#!/usr/bin/env docker build --file
# syntax=docker/dockerfile:1
FROM debian:trixie
RUN true
