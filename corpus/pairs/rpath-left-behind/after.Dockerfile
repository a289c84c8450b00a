FROM gcc:14 AS build
WORKDIR /src/build
COPY . /src
RUN gcc -shared -fPIC -o libgreet.so ../greet.c && gcc -o greet ../main.c -L. -lgreet -Wl,-rpath,/src/build && \
    install greet /usr/local/bin/greet

FROM debian:trixie-slim
WORKDIR /src/build
COPY --from=build /usr/local/bin/greet /usr/local/bin/
CMD ["greet"]
