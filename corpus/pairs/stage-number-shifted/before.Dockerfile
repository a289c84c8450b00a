FROM debian:trixie AS check
COPY north.txt /tmp/
RUN grep -q north /tmp/north.txt

FROM debian:trixie AS north
COPY north.txt /src/
RUN tr a-z A-Z </src/north.txt >/sign

FROM debian:trixie AS south
COPY south.txt /src/
RUN tr a-z A-Z </src/south.txt >/sign

FROM debian:trixie-slim
COPY --from=1 /sign /srv/sign
CMD ["cat", "/srv/sign"]
