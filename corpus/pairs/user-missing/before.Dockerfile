FROM debian:trixie
RUN useradd --system --uid 950 keeper
COPY --chmod=755 whoami.sh /usr/local/bin/
USER keeper
CMD ["whoami.sh"]
