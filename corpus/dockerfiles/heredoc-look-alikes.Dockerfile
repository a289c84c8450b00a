FROM debian:trixie
RUN cat <<<"a here-string" && echo $((1<<2)) "<<EOF" \<<EOF
RUN echo a<<EOF b
RUN x=1<<2 true
LABEL note="<<EOF"
CMD echo <<EOF
