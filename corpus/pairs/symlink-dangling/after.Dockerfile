FROM debian:trixie AS build
COPY settings /usr/share/paint
RUN mkdir -p /etc/paint /usr/local/lib/paint && ln -s /usr/share/paint/2.conf /etc/paint/paint.conf && \
    echo 'colour=grey' >/usr/local/lib/paint/default.conf
COPY --chmod=755 paint.sh /usr/local/bin/

FROM debian:trixie-slim
COPY --from=build /etc/paint /etc/paint
COPY --from=build /usr/local/lib/paint /usr/local/lib/paint
COPY --from=build /usr/local/bin/paint.sh /usr/local/bin/
CMD ["paint.sh"]
