FROM python:3.13-slim
WORKDIR /srv
COPY public ./public
EXPOSE 8000
HEALTHCHECK --interval=2s --timeout=2s --retries=2 CMD curl -fsS http://localhost:8000/ || exit 1
CMD ["python", "-m", "http.server", "--directory", "public", "8000"]
