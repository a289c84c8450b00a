FROM gcc:14 AS build
COPY . /src
RUN gcc -shared -fPIC -Wl,-soname,libmeter.so.1 -Wl,--version-script,/src/meter.map -o /usr/lib/x86_64-linux-gnu/libmeter.so.1 /src/meter.c && \
    gcc -o /usr/local/bin/meter /src/main.c /usr/lib/x86_64-linux-gnu/libmeter.so.1

# What an older release would bring as libmeter.so.1.
FROM gcc:14 AS older
COPY . /src
RUN gcc -shared -fPIC -DOLD -Wl,-soname,libmeter.so.1 -Wl,--version-script,/src/meter-old.map -o /libmeter.so.1 /src/meter.c

FROM debian:trixie-slim
COPY --from=older /libmeter.so.1 /usr/lib/x86_64-linux-gnu/
COPY --from=build /usr/local/bin/meter /usr/local/bin/
CMD ["meter"]
