FROM gcc:14 AS build
COPY mail.c /src/
RUN gcc -O2 -o /usr/local/bin/mail /src/mail.c

FROM scratch
COPY --from=build /lib64/ld-linux-x86-64.so.2 /lib64/
COPY --from=build /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/
COPY --from=build /usr/local/bin/mail /usr/local/bin/
CMD ["mail"]
