FROM debian:trixie
RUN ["/bin/echo", "hello", "world"]
RUN [ "echo" , "a\"b\\c\/d\u00e9\t" ]
COPY ["read me.txt", "and here.txt", "/srv/with blanks/"]
ADD ["a", "/b"]
VOLUME ["/data one", "/data"]
SHELL ["/bin/sh", "-ec"]
HEALTHCHECK CMD ["true"]
ENTRYPOINT [ ]
CMD ["sh", \
     # which shell
     "-c", \
     "echo $0 && echo \"done\""]
