FROM python:3.13
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY . .
CMD ["python", "-m", "wind"]
