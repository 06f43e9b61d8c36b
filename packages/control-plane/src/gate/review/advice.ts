import type { Refusal } from "../../platform/errors.ts";
import type { Message } from "./prompt.ts";

/** An OpenAI-compatible endpoint: TOBAN_REVIEW_URL, TOBAN_REVIEW_MODEL and, where it wants one, TOBAN_REVIEW_KEY. */
export type Adviser = { url: string; model: string; key?: string | undefined; timeoutMs: number };

export type Advice = { text: string } | { refusal: Refusal };

export const ADVICE_TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 1_000_000;
const MAX_ADVICE_CHARACTERS = 6_000;

const refused = (code: string, reason: string, remedy: string): Advice => ({
  refusal: { code, reason, remedy },
});

/** The adviser of an environment; undefined when none is configured, a refusal when what is configured cannot work. */
export function adviserOf(
  env: Record<string, string | undefined>,
): Adviser | { refusal: Refusal } | undefined {
  const { TOBAN_REVIEW_URL: url, TOBAN_REVIEW_MODEL: model, TOBAN_REVIEW_KEY: key } = env;
  if (!url && !model) return undefined;
  const remedy = "Set TOBAN_REVIEW_URL (http or https) and TOBAN_REVIEW_MODEL together.";
  const refusal = (reason: string) => ({ refusal: { code: "review_adviser_invalid", reason, remedy } });
  if (!url || !model) return refusal(`${url ? "TOBAN_REVIEW_MODEL" : "TOBAN_REVIEW_URL"} is missing.`);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    return refusal("TOBAN_REVIEW_URL is no http(s) address.");
  const base = url.replace(/\/+$/, "");
  const path = /\/chat\/completions$/.test(base)
    ? ""
    : /\/v\d+$/.test(base)
      ? "/chat/completions"
      : "/v1/chat/completions";
  return { url: `${base}${path}`, model, key, timeoutMs: ADVICE_TIMEOUT_MS };
}

/** Asks once. Whatever goes wrong is a refusal and never an exception: a brief does not depend on advice. */
export async function askAdviser(adviser: Adviser, messages: readonly Message[]): Promise<Advice> {
  const headers: Record<string, string> = { "content-type": "application/json", accept: "application/json" };
  if (adviser.key) headers.authorization = `Bearer ${adviser.key}`;
  try {
    const response = await fetch(adviser.url, {
      method: "POST",
      headers,
      body: JSON.stringify({ model: adviser.model, messages, stream: false }),
      // The key goes to the address that was configured and to no other.
      redirect: "error",
      signal: AbortSignal.timeout(adviser.timeoutMs),
    });
    if (response.ok) return readAnswer(await limitedText(response));
    await response.body?.cancel();
    return statusRefusal(response.status, response.headers.get("retry-after"));
  } catch (error) {
    if (error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name)) {
      return refused(
        "review_adviser_timeout",
        `The adviser gave no answer within ${adviser.timeoutMs / 1000} s.`,
        "Ask again later; the brief stands without it.",
      );
    }
    return refused(
      "review_adviser_unreachable",
      "The adviser could not be reached, or its answer broke off.",
      "Check TOBAN_REVIEW_URL and the network; the brief stands without it.",
    );
  }
}

function statusRefusal(status: number, retryAfter: string | null): Advice {
  if (status === 429) {
    const seconds = retryAfter && /^\d{1,6}$/.test(retryAfter) ? ` It asks to wait ${retryAfter} s.` : "";
    return refused(
      "review_adviser_busy",
      `The adviser refused for too many requests (429).${seconds}`,
      "Ask again later.",
    );
  }
  if (status === 401 || status === 403) {
    return refused(
      "review_adviser_forbidden",
      `The adviser refused the key (${status}).`,
      "Check TOBAN_REVIEW_KEY.",
    );
  }
  return refused(
    "review_adviser_failed",
    `The adviser answered with status ${status}.`,
    "Check TOBAN_REVIEW_URL and TOBAN_REVIEW_MODEL, or ask again later.",
  );
}

async function limitedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

type Completion = {
  choices?: { message?: { content?: unknown; refusal?: unknown }; finish_reason?: unknown }[];
};

function readAnswer(text: string): Advice {
  const unreadable = refused(
    "review_adviser_unreadable",
    "The adviser's answer is no chat completion.",
    "Check that TOBAN_REVIEW_URL is an OpenAI-compatible endpoint.",
  );
  let answer: Completion | null;
  try {
    answer = JSON.parse(text) as Completion | null;
  } catch {
    return unreadable;
  }
  const choice = Array.isArray(answer?.choices) ? answer.choices[0] : undefined;
  const content = choice?.message?.content;
  if (typeof choice?.message?.refusal === "string" || choice?.finish_reason === "content_filter") {
    return refused(
      "review_adviser_declined",
      "The adviser declined to answer.",
      "Review this invariant without it.",
    );
  }
  if (typeof content !== "string" || content.trim() === "") return unreadable;
  const safe = printable(content).trim();
  const cut = safe.length > MAX_ADVICE_CHARACTERS || choice?.finish_reason === "length";
  return { text: cut ? `${safe.slice(0, MAX_ADVICE_CHARACTERS)} …` : safe };
}

/** Without control and direction characters: a text must not move the cursor of a terminal or colour a verdict. */
export const printable = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "");
