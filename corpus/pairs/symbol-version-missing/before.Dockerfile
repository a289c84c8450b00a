FROM gcc:14
COPY . /src
RUN gcc -shared -fPIC -Wl,-soname,libmeter.so.1 -Wl,--version-script,/src/meter.map -o /usr/lib/x86_64-linux-gnu/libmeter.so.1 /src/meter.c && \
    gcc -o /usr/local/bin/meter /src/main.c /usr/lib/x86_64-linux-gnu/libmeter.so.1
CMD ["meter"]
