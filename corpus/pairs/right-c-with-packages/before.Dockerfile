FROM gcc:14
COPY survey.c /src/
RUN gcc -O2 -o /usr/local/bin/survey /src/survey.c
CMD ["survey"]
