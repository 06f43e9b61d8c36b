import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/**
 * A request's body for one attempt. It reads nothing until the attempt does, and destroying it leaves the request
 * alone: so an attempt that never got a connection costs nothing and another one can follow.
 */
export function requestBody(req: IncomingMessage, onFirstRead: () => void): Readable {
  let isReading = false;
  const onData = (chunk: Buffer) => {
    if (!body.push(chunk)) req.pause();
  };
  const onEnd = () => body.push(null);
  const onClose = () => {
    if (!req.complete) body.destroy(new Error("the client went away"));
  };
  const body = new Readable({
    read() {
      if (!isReading) {
        isReading = true;
        onFirstRead();
        req.on("data", onData).on("end", onEnd).on("close", onClose);
      }
      req.resume();
    },
    destroy(error, callback) {
      req.off("data", onData).off("end", onEnd).off("close", onClose);
      callback(error);
    },
  });
  // Who destroyed it knows; without a listener the error would end the agent.
  body.on("error", () => {});
  return body;
}
