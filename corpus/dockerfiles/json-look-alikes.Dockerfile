FROM debian:trixie
RUN [ -d /srv ] && echo there
RUN [[ -d /srv ]] || true
RUN ["echo", "a"] && echo b
ENTRYPOINT ['/bin/echo', 'single']
CMD ["trailing", "comma",]
