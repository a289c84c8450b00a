FROM gcc:14 AS build
RUN useradd --system --uid 951 --user-group tally
COPY . /src
RUN gcc -O2 -o /usr/local/bin/tally /src/tally.c && \
    install -D -m 644 /src/tally.conf /usr/share/tally/default.conf && mkdir /etc/tally && ln -s /usr/share/tally/default.conf /etc/tally/tally.conf && \
    install -d -m 700 -o tally -g tally /var/lib/tally && rm -r /src

FROM debian:trixie-slim
LABEL com.example.backup="nightly"
RUN useradd --system --uid 951 --user-group tally && install -d -m 700 -o tally -g tally /var/lib/tally
COPY --from=build /usr/local/bin/tally /usr/local/bin/
COPY --from=build /usr/share/tally /usr/share/tally
COPY --from=build /etc/tally /etc/tally
ENV TALLY_STEP=5
EXPOSE 9000/udp
VOLUME /var/lib/tally
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD ["tally"]
USER tally
CMD ["tally"]
