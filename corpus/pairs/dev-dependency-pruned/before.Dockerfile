FROM node:20
WORKDIR /app
COPY . .
RUN npm install --offline --no-audit --no-fund
CMD ["npm", "start"]
