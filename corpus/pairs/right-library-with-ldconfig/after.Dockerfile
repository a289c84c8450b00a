FROM gcc:14 AS build
COPY . /src
RUN gcc -shared -fPIC -o /usr/local/lib/libgreet.so /src/greet.c && gcc -o /usr/local/bin/greet /src/main.c -lgreet && ldconfig

FROM debian:trixie-slim
COPY --from=build /usr/local/lib/libgreet.so /usr/local/lib/
RUN ldconfig
COPY --from=build /usr/local/bin/greet /usr/local/bin/
CMD ["greet"]
