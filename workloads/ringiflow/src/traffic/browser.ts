import { type Dispatcher, request } from "undici";
import { cookieJar } from "./cookies.ts";
import type { Statistics } from "./statistics.ts";

export type Answer = { status: number; body: unknown };

/** One person's browser: own cookies, the page's origin, the token of the session. */
export type Browser = {
  get(path: string, accept?: string): Promise<Answer>;
  /** Each command has a key, so a repetition of it changes nothing. */
  post(path: string, body: unknown, idempotencyKey: string): Promise<Answer>;
  setCsrfToken(token: string | null): void;
};

/** The service could not be reached, or the connection broke before the end of the answer. */
export class ConnectionFailed extends Error {
  override name = "ConnectionFailed";
}

/** A person waits this long, milliseconds. */
const PATIENCE_MS = 10_000;

export function openBrowser(options: {
  url: string;
  dispatcher: Dispatcher;
  statistics: Statistics;
  language: string;
  /** While the service has never answered, nobody uses it and nothing counts. */
  isCounted(): boolean;
}): Browser {
  const { url, dispatcher, statistics, isCounted } = options;
  const jar = cookieJar();
  let csrfToken: string | null = null;

  const send = async (
    method: "GET" | "POST",
    path: string,
    headers: Record<string, string>,
    body?: string,
  ) => {
    const started = performance.now();
    const cookie = jar.header();
    const what = `${method} ${path.split("?")[0]}`;
    try {
      const response = await request(new URL(path, url), {
        method,
        dispatcher,
        headers: {
          "accept-language": options.language,
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        headersTimeout: PATIENCE_MS,
        bodyTimeout: PATIENCE_MS,
      });
      jar.store(response.headers["set-cookie"]);
      const text = await response.body.text();
      if (isCounted()) {
        statistics.answered(response.statusCode, performance.now() - started);
        if (response.statusCode >= 500) {
          statistics.failed(String(response.statusCode), what, headerOf(response.headers["x-request-id"]));
        }
      }
      return { status: response.statusCode, body: parse(text) };
    } catch (error) {
      if (isCounted()) {
        statistics.broken();
        statistics.failed((error as { code?: string }).code ?? (error as Error).name, what, null);
      }
      throw new ConnectionFailed(what, { cause: error });
    }
  };

  return {
    get: (path, accept = "application/json") => send("GET", path, { accept }),
    post: (path, body, idempotencyKey) =>
      send(
        "POST",
        path,
        {
          accept: "application/json",
          "content-type": "application/json",
          origin: new URL(url).origin,
          "idempotency-key": idempotencyKey,
          ...(csrfToken === null ? {} : { "x-csrf-token": csrfToken }),
        },
        JSON.stringify(body),
      ),
    setCsrfToken(token) {
      csrfToken = token;
    },
  };
}

function headerOf(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
