FROM debian:trixie AS build
ENV SHOP_MODE=production \
    SHOP_BUILD=fast
COPY serve.sh /src/
RUN install -m 755 /src/serve.sh /usr/local/bin/serve.sh

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/serve.sh /usr/local/bin/
CMD ["serve.sh"]
