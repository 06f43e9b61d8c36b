import createClient from "openapi-fetch";
import type { Commitment, Overview, paths, Refusal } from "./types.ts";

const client = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });

/** A refusal of the control plane, or the browser's failure to reach it (status 0). */
export class RequestFailed extends Error {
  readonly status: number;
  readonly refusal: Refusal | null;
  constructor(status: number, refusal: Refusal | null) {
    super(refusal ? `${refusal.code}: ${refusal.reason}` : `HTTP ${status}`);
    this.name = "RequestFailed";
    this.status = status;
    this.refusal = refusal;
  }
}

type Answered<T> = { data?: T; error?: unknown; response: Response };

async function answerOf<T>(call: Promise<Answered<T>>): Promise<T> {
  let answer: Answered<T>;
  try {
    answer = await call;
  } catch {
    throw new RequestFailed(0, null); // not reached, or not JSON
  }
  if (answer.data !== undefined) return answer.data;
  throw new RequestFailed(answer.response.status, refusalIn(answer.error));
}

function refusalIn(body: unknown): Refusal | null {
  if (typeof body !== "object" || body === null) return null;
  const { code, reason, remedy } = ("error" in body ? body.error : body) as Partial<Refusal>;
  if (typeof code !== "string" || typeof reason !== "string") return null;
  return { code, reason, remedy: typeof remedy === "string" ? remedy : "" };
}

/** @throws RequestFailed */
export const getOverview = (signal: AbortSignal): Promise<Overview> =>
  answerOf(client.GET("/v1/overview", { signal }));

/** @throws RequestFailed */
export async function getCommitments(signal: AbortSignal): Promise<Commitment[]> {
  return (await answerOf(client.GET("/v1/commitments", { signal }))).commitments;
}

type StreamEvents = {
  overview(overview: Overview): void;
  /** The server is there and says why it cannot tell how things stand. */
  problem(refusal: Refusal): void;
  failed(): void;
};

/** Opens the live stream. EventSource tells nothing about a failure: ask `getOverview` for the reason. */
export function openStream(on: StreamEvents): () => void {
  const source = new EventSource("/v1/stream");
  source.addEventListener("overview", (event) => {
    const overview = parseOverview((event as MessageEvent<string>).data);
    if (overview) on.overview(overview);
    else on.failed();
  });
  source.addEventListener("problem", (event) => {
    const refusal = refusalIn(parse((event as MessageEvent<string>).data));
    if (refusal) on.problem(refusal);
    else on.failed();
  });
  source.onerror = () => {
    source.close(); // reconnecting is ours, so that the reason can be shown
    on.failed();
  };
  return () => source.close();
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function parseOverview(data: string): Overview | null {
  const value = parse(data) as Overview | null;
  return Array.isArray(value?.services) && typeof value.at === "string" ? value : null;
}
