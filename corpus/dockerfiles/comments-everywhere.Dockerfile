# The file.

# The base.
FROM debian:trixie AS base
# base is described by this comment

# build: how
RUN make # not a comment of the Dockerfile, but of the shell
RUN echo a; # eats && \
    echo everything
RUN echo a \
# at the first column
    # and further in
    b
#RUN rm -rf /
