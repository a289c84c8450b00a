FROM gcc:14 AS build
COPY parse.cpp /src/
RUN g++ -O2 -o /usr/local/bin/parse /src/parse.cpp -lyaml

FROM gcr.io/distroless/cc-debian13
COPY --from=build /usr/local/bin/parse /usr/local/bin/
CMD ["parse"]
