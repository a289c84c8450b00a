FROM nginx:1.26 AS build
RUN apt-get update && apt-get install -y --no-install-recommends m4 && rm -rf /var/lib/apt/lists/*
COPY site /src
RUN m4 /src/index.m4 >/usr/share/nginx/html/index.html

FROM nginx:1.26
COPY nginx.conf /etc/nginx/nginx.conf
COPY --from=build /usr/share/nginx/html/index.html /usr/share/nginx/html/
EXPOSE 8080
USER nginx
CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]
