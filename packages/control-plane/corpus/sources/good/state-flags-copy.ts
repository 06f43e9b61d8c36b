import { z } from "zod";
import { logger } from "./logger.js";

const Flags = z.record(z.string(), z.boolean());
let flags: Record<string, boolean> = {};

/** フラグ配信サーバーの写し。30 秒ごとに取り直すので、再起動しても同じになる。 */
export async function refresh(url: string) {
  const res = await fetch(url, { signal: AbortSignal.timeout(2000) });
  if (!res.ok) {
    logger.warn({ status: res.status }, "flags not refreshed");
    return;
  }
  flags = Flags.parse(await res.json());
}

export const enabled = (name: string) => flags[name] === true;
