FROM	debian:trixie	AS	build
	RUN	echo one		two
  	 COPY	a	/b
ENV	a=1	b=2
USER  nobody  
WORKDIR	/srv 
 RUN echo after a no-break space
