FROM debian:trixie
RUN echo 'single "double" inside' "double 'single' inside" 'it'"'"'s' "\"" '\'
RUN echo "a # b" 'c && d' e\ f \"g \'h
COPY "a.txt" 'b.txt' /srv/
ENV A="it's" B='say "hi"' C=it\'s
