FROM python:3.13
WORKDIR /srv
COPY public ./public
EXPOSE 8000/tcp
CMD ["python", "-m", "http.server", "--directory", "public", "8000"]
