FROM gcc:14
WORKDIR /src/build
COPY . /src
RUN gcc -shared -fPIC -o libgreet.so ../greet.c && gcc -o greet ../main.c -L. -lgreet -Wl,-rpath,/src/build && \
    install greet /usr/local/bin/greet
CMD ["greet"]
