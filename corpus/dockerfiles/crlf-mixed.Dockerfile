FROM debian:trixie
RUN echo one
RUN echo two \
  three
CMD ["true"]
