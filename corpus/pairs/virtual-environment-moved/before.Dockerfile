FROM python:3.13
RUN python -m venv --without-pip /opt/greet
COPY --chmod=755 greet /opt/greet/bin/
ENV PATH=/opt/greet/bin:$PATH
CMD ["greet"]
