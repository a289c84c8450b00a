FROM gcc:14
COPY --chmod=755 recipe.py /usr/local/bin/recipe
CMD ["recipe"]
