FROM perl:5.40 AS build
COPY count.pl /app/
RUN perl -c /app/count.pl && chmod 755 /app/count.pl

FROM perl:5.40-slim
COPY --from=build /app/count.pl /app/
ENTRYPOINT ["/app/count.pl"]
