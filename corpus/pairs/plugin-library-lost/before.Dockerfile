FROM gcc:14
COPY format.c /src/
RUN gcc -O2 -o /usr/local/bin/format /src/format.c
CMD ["format"]
