FROM debian:trixie
RUN echo one && \

    echo two && \
   	
    echo three
CMD ["true"]
