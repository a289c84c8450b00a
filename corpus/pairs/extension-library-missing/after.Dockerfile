FROM python:3.13 AS build
WORKDIR /app
COPY driver.c ./
RUN gcc -O2 -shared -fPIC $(python3-config --includes) -I/usr/include/postgresql driver.c -lpq -o driver$(python3-config --extension-suffix)

FROM python:3.13-slim
WORKDIR /app
COPY --from=build /app/*.so ./
COPY app.py ./
CMD ["python", "app.py"]
