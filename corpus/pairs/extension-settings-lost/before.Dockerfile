FROM php:8.4-cli
RUN apt-get update && apt-get install -y --no-install-recommends php8.4-bcmath && rm -rf /var/lib/apt/lists/*
COPY sum.php /app/
CMD ["php", "/app/sum.php"]
