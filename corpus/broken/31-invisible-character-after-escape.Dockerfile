FROM debian:trixie
RUN echo x \ 	 
RUN echo y
WORKDIR app
MAINTAINER somebody@example.com
