FROM debian:trixie
RUN echo a\\
RUN echo b
