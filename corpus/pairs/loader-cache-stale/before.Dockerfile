FROM gcc:14
COPY . /src
RUN gcc -shared -fPIC -o /usr/local/lib/libgreet.so /src/greet.c && gcc -o /usr/local/bin/greet /src/main.c -lgreet && ldconfig
CMD ["greet"]
