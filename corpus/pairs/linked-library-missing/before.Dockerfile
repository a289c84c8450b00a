FROM gcc:14
COPY parse.cpp /src/
RUN g++ -O2 -o /usr/local/bin/parse /src/parse.cpp -lyaml
CMD ["parse"]
