FROM perl:5.40
COPY count.pl /app/
RUN perl -c /app/count.pl && chmod 755 /app/count.pl
ENTRYPOINT ["/app/count.pl"]
