import { createServer } from "node:http";

// The trivial handler of the goal: 1 KB, nothing computed.
const body = Buffer.alloc(1024, "x");
const server = createServer((_req, res) => {
  res.writeHead(200, { "content-type": "text/plain", "content-length": body.length });
  res.end(body);
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
process.on("disconnect", () => process.exit(0));
