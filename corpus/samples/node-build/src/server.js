const http = require("node:http");
const ms = require("ms");

const departures = { ferry: "90 minutes", bus: "10 minutes" };

const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "application/json");
  const answer = {};
  for (const [name, interval] of Object.entries(departures)) {
    answer[name] = ms(interval) / 1000;
  }
  response.end(JSON.stringify(answer) + "\n");
});

server.listen(8080, () => console.log("timetable: port 8080"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
