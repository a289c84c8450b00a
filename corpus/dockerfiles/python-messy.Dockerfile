FROM python:3.13
ENV PYTHONUNBUFFERED 1
ADD requirements.txt requirements.txt
ADD . /code/
WORKDIR /code
RUN apt-get update && apt-get install -y libpq-dev gcc \
 && pip install -r requirements.txt \
 && apt-get remove -y gcc
RUN python manage.py collectstatic --noinput
CMD gunicorn app.wsgi:application --bind 0.0.0.0:8000
