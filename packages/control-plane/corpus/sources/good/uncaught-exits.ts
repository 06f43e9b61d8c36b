import { logger } from "./logger.js";
import { shutdown } from "./server.js";

process.on("uncaughtException", (error) => {
  logger.fatal({ err: error }, "uncaught exception");
  void shutdown(1);
});
process.on("unhandledRejection", (reason) => {
  throw reason;
});
