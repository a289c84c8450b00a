FROM debian:trixie
ENV SHOP_MODE=production \
    SHOP_BUILD=fast
COPY serve.sh /src/
RUN install -m 755 /src/serve.sh /usr/local/bin/serve.sh
CMD ["serve.sh"]
