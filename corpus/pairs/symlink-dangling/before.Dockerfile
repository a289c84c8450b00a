FROM debian:trixie
COPY settings /usr/share/paint
RUN mkdir -p /etc/paint /usr/local/lib/paint && ln -s /usr/share/paint/2.conf /etc/paint/paint.conf && \
    echo 'colour=grey' >/usr/local/lib/paint/default.conf
COPY --chmod=755 paint.sh /usr/local/bin/
CMD ["paint.sh"]
