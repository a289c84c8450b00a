FROM alpine
RUN apk update && apk add bash curl gcc musl-dev
RUN apk add --no-cache --virtual .build-deps make && make -C /src ; apk del .build-deps
SHELL ["/bin/bash", "-c"]
RUN curl -L https://example.com/install.sh | bash
CMD ["bash"]
