FROM node:20
RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app
COPY . .
RUN npm install
RUN npm run build
RUN npm install -g pm2 serve
EXPOSE 3000
CMD npm start
