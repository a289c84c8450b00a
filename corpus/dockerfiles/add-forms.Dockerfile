# syntax=docker/dockerfile:1
FROM debian:trixie
ADD https://example.com/archive.tar.gz /tmp/
ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.com/tool /usr/local/bin/tool
ADD --keep-git-dir=true https://github.com/owner/repo.git#v1.0:sub /src
ADD git@github.com:owner/repo.git /src2
ADD --unpack=false local.tar.gz /srv/
ADD local.tar.gz /srv/
