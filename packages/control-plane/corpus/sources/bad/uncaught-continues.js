const winston = require("winston");
const logger = winston.createLogger({ transports: [new winston.transports.Console()] });

process.on("uncaughtException", (err) => {
  logger.error("uncaught", { message: err.message });
});
