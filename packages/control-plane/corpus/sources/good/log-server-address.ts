import { createServer } from "node:http";
import { logger } from "./logger.js";

const server = createServer((_req, res) => res.end("ok"));
server.listen(8080, () => {
  const address = server.address();
  logger.info({ address, name: "gateway" }, "listening");
});
process.on("SIGTERM", () => server.close());
