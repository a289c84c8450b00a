FROM php:8.4-apache
RUN apt-get update && apt-get install -y libzip-dev unzip \
    && docker-php-ext-configure zip \
    && docker-php-ext-install zip pdo_mysql \
    && a2enmod rewrite
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
RUN composer install && chown -R www-data:www-data /var/www/html
