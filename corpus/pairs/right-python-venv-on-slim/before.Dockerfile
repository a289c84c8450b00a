FROM python:3.13
RUN python -m venv --without-pip /opt/report
COPY driver.c /src/
RUN gcc -O2 -shared -fPIC $(python3-config --includes) -I/usr/include/postgresql /src/driver.c -lpq \
    -o /opt/report/lib/python3.13/site-packages/driver$(python3-config --extension-suffix)
COPY --chmod=755 report /opt/report/bin/
ENV PATH=/opt/report/bin:$PATH
CMD ["report"]
