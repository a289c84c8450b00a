FROM debian:trixie
<<<<<<< ours
RUN echo ours
=======
RUN echo theirs
>>>>>>> theirs
WORKDIR app
MAINTAINER somebody@example.com
