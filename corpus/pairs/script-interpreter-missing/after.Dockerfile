FROM gcc:14 AS build
COPY --chmod=755 recipe.py /usr/local/bin/recipe

FROM debian:trixie-slim
COPY --from=build /usr/local/bin/recipe /usr/local/bin/
CMD ["recipe"]
