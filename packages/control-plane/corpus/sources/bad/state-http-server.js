const http = require("node:http");
const subscribers = [];
const users = {};

const server = http.createServer((req, res) => {
  let body = "";
  req.on("data", (c) => (body += c));
  req.on("end", () => {
    if (req.method === "PUT" && req.url.startsWith("/users/")) {
      users[req.url.slice(7)] = JSON.parse(body);
      res.writeHead(204).end();
    } else {
      res.end(JSON.stringify(users));
    }
  });
});
server.listen(8000);
