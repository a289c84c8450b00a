FROM node:20
WORKDIR /app
COPY hash.c ./
RUN gcc -O2 -shared -fPIC -I/usr/local/include/node -o hash.node hash.c
COPY app.js ./
CMD ["node", "app.js"]
