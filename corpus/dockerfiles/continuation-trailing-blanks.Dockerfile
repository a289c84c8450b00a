FROM debian:trixie
RUN echo one \  
    two \	
    three
