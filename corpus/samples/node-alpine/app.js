const http = require("node:http");

const port = Number(process.env.PORT);

http
  .createServer((request, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.end(`hello from ${process.env.NODE_ENV}\n`);
  })
  .listen(port, () => console.log(`listening on ${port}`));

process.on("SIGTERM", () => process.exit(0));
