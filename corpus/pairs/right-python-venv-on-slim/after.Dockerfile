FROM python:3.13 AS build
RUN python -m venv --without-pip /opt/report
COPY driver.c /src/
RUN gcc -O2 -shared -fPIC $(python3-config --includes) -I/usr/include/postgresql /src/driver.c -lpq \
    -o /opt/report/lib/python3.13/site-packages/driver$(python3-config --extension-suffix)
COPY --chmod=755 report /opt/report/bin/

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/report /opt/report
ENV PATH=/opt/report/bin:$PATH
CMD ["report"]
