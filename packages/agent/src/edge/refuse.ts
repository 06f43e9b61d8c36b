import type { ServerResponse } from "node:http";
import type { Refusal } from "../errors.ts";

export const refusals = {
  noInstance: (service: string): Refusal => ({
    code: "no_healthy_instance",
    reason: `No healthy instance of ${service} can answer.`,
    remedy: "Try again in a moment; operators look at the instances with `toban status`.",
  }),
  lost: (service: string): Refusal => ({
    code: "instance_connection_lost",
    reason: `The instance of ${service} closed the connection before it had answered.`,
    remedy: "Check whether the request took effect before you send it again.",
  }),
  slow: (service: string): Refusal => ({
    code: "instance_timeout",
    reason: `The instance of ${service} did not answer in time.`,
    remedy: "Check whether the request took effect before you send it again.",
  }),
  unsafe: (reason: string): Refusal => ({
    code: "request_not_safe",
    reason,
    remedy: "Send the request as RFC 9112 describes.",
  }),
};

export function sendRefusal(res: ServerResponse, status: number, refusal: Refusal, requestId?: string): void {
  const body = JSON.stringify({ error: refusal });
  const headers: Record<string, string | number> = {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  };
  if (requestId !== undefined) headers["x-request-id"] = requestId;
  if (status === 503) headers["retry-after"] = 1;
  if (status === 400) headers.connection = "close";
  res.writeHead(status, headers);
  res.end(body);
}

/** A whole response for a socket without a request on it. */
export function rawRefusal(status: number, title: string, refusal: Refusal): string {
  const body = JSON.stringify({ error: refusal });
  return [
    `HTTP/1.1 ${status} ${title}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
