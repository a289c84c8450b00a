FROM gcc:14
COPY pages.c /src/
RUN gcc -O2 -o /usr/local/bin/pages /src/pages.c
CMD ["pages"]
