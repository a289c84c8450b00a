FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends m4 && rm -rf /var/lib/apt/lists/*
COPY page.m4 /srv/
RUN m4 /srv/page.m4 >/srv/page.txt
COPY --chmod=755 pages.sh /usr/local/bin/pages
CMD ["pages"]
