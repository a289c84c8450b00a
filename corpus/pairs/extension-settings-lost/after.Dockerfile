FROM php:8.4-cli AS build
RUN apt-get update && apt-get install -y --no-install-recommends php8.4-bcmath && rm -rf /var/lib/apt/lists/*

FROM php:8.4-cli
COPY --from=build /usr/lib/php/20240924/bcmath.so /usr/lib/php/20240924/
COPY sum.php /app/
CMD ["php", "/app/sum.php"]
