import { request } from "node:http";

export type Sent = {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** A string is sent as it is; anything else as JSON. */
  body?: unknown;
  timeoutMs?: number;
};
export type Answer = {
  status: number;
  headers: Record<string, string>;
  /** One entry for each Set-Cookie header. */
  cookies: string[];
  body: string;
};

/** One request exactly as given: nothing is added to path, Origin or cookies, and no redirect is followed. */
export function send(base: string, { method = "GET", path, headers = {}, body, timeoutMs = 10_000 }: Sent) {
  const { hostname, port } = new URL(base);
  const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const own: Record<string, string | number> = payload === undefined ? {} : bodyHeaders(payload);
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, headers: { ...own, ...headers }, timeout: timeoutMs, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const { "set-cookie": cookies = [], ...others } = response.headers;
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(others).map(([name, value]) => [name, String(value ?? "")]),
            ),
            cookies,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path} in ${timeoutMs} ms`)));
    sent.on("error", reject);
    sent.end(payload);
  });
}

const bodyHeaders = (payload: string) => ({
  "content-type": "application/json",
  "content-length": Buffer.byteLength(payload),
});

/** For every answer that was refused on purpose, so many that are not: alerts on refusals stay silent. */
const ACCEPTED_FOR_EACH_REFUSED = 25;

/** The accepted requests that go with `refused` refused ones; `harmless` is a read that costs little, null sends none. */
export async function calm(base: string, harmless: string | null, refused = 1): Promise<void> {
  if (harmless === null) return;
  const reads = Array.from(
    { length: refused * ACCEPTED_FOR_EACH_REFUSED },
    () => () => send(base, { path: harmless }),
  );
  const lanes = Array.from({ length: 5 }, async () => {
    for (let next = reads.pop(); next; next = reads.pop()) await next();
  });
  await Promise.all(lanes);
}

export const hostOf = (base: string) => new URL(base).host;
