FROM python:3.13 AS build
WORKDIR /srv
COPY public ./public
EXPOSE 8000/tcp

FROM python:3.13-slim
WORKDIR /srv
COPY --from=build /srv/public ./public
CMD ["python", "-m", "http.server", "--directory", "public", "8000"]
