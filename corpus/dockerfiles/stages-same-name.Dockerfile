FROM alpine AS alpine
RUN true
FROM alpine
COPY --from=alpine /etc/os-release /tmp/
