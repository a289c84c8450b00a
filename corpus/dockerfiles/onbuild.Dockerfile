FROM debian:trixie
ONBUILD ADD . /app/src
onbuild run make -C /app/src && \
    make -C /app/src install
ONBUILD ENV A=1 \
    B=2
ONBUILD HEALTHCHECK NONE
ONBUILD COPY --from=builder /a /b
