import { ping } from "./ping.js";
import { sleep } from "./sleep.js";

export async function waitFor(host: string) {
  for (let attempt = 0; ; attempt++) {
    try {
      await ping(host);
      return;
    } catch {
      await sleep(Math.min(30_000, 100 * 2 ** attempt));
    }
  }
}
