const http = require("node:http");

http.createServer((request, response) => response.end("10:40 on time\n")).listen(3000, () => console.log("departures on 3000"));
