FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY . .
CMD ["python", "-m", "wind"]
