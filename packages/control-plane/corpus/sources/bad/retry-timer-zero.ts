import { connect } from "./mq";
import { logger } from "./logger";

export function start() {
  connect().catch((err) => {
    logger.error({ err }, "connect failed");
    setTimeout(start, 0);
  });
}
