import { createHmac } from "node:crypto";
import { request } from "undici";
import { type TobanError, unavailable } from "../../../platform/errors.ts";
import type { AnchorSink } from "../types.ts";

const TIMEOUT_MS = 5_000;

/**
 * Posts each anchor as JSON. With a secret, `toban-signature: t=<seconds>,v1=<hex>` has the HMAC-SHA256 of
 * `<seconds>.<body>`, so the receiver knows the sender and refuses what is old.
 */
export function webhookSink(url: string, secret?: () => string | undefined, name = "webhook"): AnchorSink {
  return {
    name,
    async append({ tenant, class: auditClass, note, at }) {
      const body = JSON.stringify({ kind: "toban.audit.anchor/1", tenant, class: auditClass, at, note });
      const key = secret?.();
      const seconds = Math.floor(at.getTime() / 1000);
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (key !== undefined) headers["toban-signature"] = sign(key, seconds, body);
      const { status } = await exchange(name, url, { method: "POST", headers, body });
      if (status < 200 || status > 299) throw refused(name, status);
    },
  };
}

const sign = (key: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex")}`;

export type Exchange = { method: "GET" | "PUT" | "POST"; headers: Record<string, string>; body?: string };

/** One request; a redirect is an answer like any other. URLs may be secret, so errors carry codes only. */
export async function exchange(
  name: string,
  url: string,
  { method, headers, body }: Exchange,
): Promise<{ status: number; body: string }> {
  try {
    const response = await request(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.statusCode, body: await response.body.text() };
  } catch (error) {
    const { code, name: kind } = error as { code?: string; name?: string };
    throw unavailable(
      "anchor_sink_unreachable",
      `The anchor sink ${name} is unreachable (${code ?? kind ?? "unknown"}).`,
      "Check its address and the network; Toban tries again by itself.",
    );
  }
}

export const refused = (name: string, status: number, code?: string): TobanError =>
  unavailable(
    "anchor_sink_refused",
    `The anchor sink ${name} answered ${status}${code ? ` (${code})` : ""}.`,
    "Check its settings and rights; Toban tries again by itself.",
  );
