FROM python:3.13 AS build
RUN python -m venv --without-pip /opt/greet
COPY --chmod=755 greet /opt/greet/bin/

FROM python:3.13-slim
COPY --from=build /opt/greet /venv
ENV PATH=/venv/bin:$PATH
CMD ["greet"]
