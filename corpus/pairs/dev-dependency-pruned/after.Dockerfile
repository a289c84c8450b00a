FROM node:20 AS build
WORKDIR /app
COPY . .
RUN npm install --offline --no-audit --no-fund
RUN npm prune --omit=dev --offline --no-audit --no-fund

FROM node:20-slim
WORKDIR /app
COPY --from=build /app ./
CMD ["npm", "start"]
