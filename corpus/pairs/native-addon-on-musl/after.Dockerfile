FROM node:20 AS build
WORKDIR /app
COPY hash.c ./
RUN gcc -O2 -shared -fPIC -I/usr/local/include/node -o hash.node hash.c

FROM node:20-alpine
WORKDIR /app
COPY --from=build /app/hash.node ./
COPY app.js ./
CMD ["node", "app.js"]
