FROM gcc:14
COPY mail.c /src/
RUN gcc -O2 -o /usr/local/bin/mail /src/mail.c
CMD ["mail"]
