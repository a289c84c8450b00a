FROM debian:trixie
ENV a=1 b=2
ENV c 3 = three
ENV d = e
ENV e="x y" f='$x' g=$a$b h="" i=
LABEL version=1.0
LABEL description A legacy label
LABEL a.b-c_d="e" \
      "quoted"='single' \
      empty=""
