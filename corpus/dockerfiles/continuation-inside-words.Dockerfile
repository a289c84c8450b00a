FROM debian:trixie
WORK\
DIR /srv/a\
pp
RUN echo "one \
two" 'three \
# gone
four' fi\
ve
\
\
USER nobody
