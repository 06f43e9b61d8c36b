import { hash } from "node:crypto";
import { unavailable } from "../../../platform/errors.ts";
import type { AnchorSink } from "../types.ts";
import { type Credentials, signRequest } from "./sigv4.ts";
import { exchange, refused } from "./webhook.ts";

const SIZE_DIGITS = 16;
const DAY_MS = 24 * 3_600_000;

export type S3Settings = {
  /** Of the bucket: `https://s3.<region>.amazonaws.com/<bucket>` or `https://<bucket>.s3.<region>.amazonaws.com`. */
  bucketUrl: string;
  /** Before every key, for example `toban/anchors`. */
  prefix: string;
  region: string;
  /** How long nobody, not even the account's owner, can remove an anchor. */
  retainDays: number;
  credentials(): Credentials | undefined;
  clock: { now(): Date };
};

/**
 * Puts each anchor under a key of its own, `<prefix>/<tenant>/<class>/<size>`, that is never written twice and is locked
 * in compliance mode. The bucket needs Object Lock; the role needs s3:PutObject, PutObjectRetention, GetObject, ListBucket.
 */
export function s3Sink(settings: S3Settings, name = "s3"): AnchorSink {
  const folderOf = (tenant: string, auditClass: string) =>
    [settings.prefix, tenant, auditClass].filter(Boolean).join("/");
  const send = async (
    method: "GET" | "PUT",
    key: string,
    options: { query?: Record<string, string>; headers?: Record<string, string>; body?: string } = {},
  ) => {
    const credentials = settings.credentials();
    if (!credentials) throw noCredentials(name);
    const url = new URL(`${settings.bucketUrl.replace(/\/$/, "")}/${key}`);
    for (const [field, value] of Object.entries(options.query ?? {})) url.searchParams.set(field, value);
    const body = options.body ?? "";
    const scope = { region: settings.region, service: "s3", at: settings.clock.now() };
    const { host: _, ...headers } = signRequest(
      { method, url, headers: options.headers ?? {}, body },
      scope,
      credentials,
    );
    return exchange(name, url.href, { method, headers, ...(method === "PUT" ? { body } : {}) });
  };

  /** The size in the first key after this size; undefined when there is none. */
  const firstAfter = async (folder: string, size: number): Promise<number | undefined> => {
    const query = {
      "list-type": "2",
      "max-keys": "1",
      prefix: `${folder}/`,
      "start-after": `${folder}/${padded(size)}`,
    };
    const answer = await send("GET", "", { query });
    if (answer.status !== 200) throw refused(name, answer.status, codeIn(answer.body));
    const [, key] = /<Key>([^<]*)<\/Key>/.exec(answer.body) ?? [];
    return key === undefined ? undefined : Number(key.slice(folder.length + 1));
  };

  return {
    name,
    async append({ tenant, class: auditClass, note, at }) {
      const key = `${folderOf(tenant, auditClass)}/${padded(Number(note.split("\n")[1]))}`;
      const until = new Date(at.getTime() + settings.retainDays * DAY_MS);
      const answer = await send("PUT", key, {
        body: note,
        headers: {
          "content-type": "text/plain; charset=utf-8",
          "if-none-match": "*",
          "x-amz-checksum-sha256": hash("sha256", note, "base64"),
          "x-amz-object-lock-mode": "COMPLIANCE",
          "x-amz-object-lock-retain-until-date": until.toISOString(),
        },
      });
      if (answer.status === 200) return;
      if (answer.status !== 412) throw refused(name, answer.status, codeIn(answer.body));
      // It was put before: by another replica, or by this one when the answer got lost.
      const kept = await send("GET", key);
      if (kept.status !== 200) throw refused(name, kept.status, codeIn(kept.body));
      if (kept.body !== note) throw anotherNote(name, key);
    },
    async last(tenant, auditClass) {
      const folder = folderOf(tenant, auditClass);
      const size = await largestSize((after) => firstAfter(folder, after));
      if (size === undefined) return undefined;
      const kept = await send("GET", `${folder}/${padded(size)}`);
      if (kept.status !== 200) throw refused(name, kept.status, codeIn(kept.body));
      return kept.body;
    },
  };
}

/** Keys are listed from the smallest on only; steps that double and halve find the largest in few requests. */
export async function largestSize(
  firstAfter: (size: number) => Promise<number | undefined>,
): Promise<number | undefined> {
  let largest = await firstAfter(0);
  if (largest === undefined) return undefined;
  let step = 1;
  for (let isGrowing = true; step >= 1; step = isGrowing ? step * 2 : Math.floor(step / 2)) {
    const next = await firstAfter(largest + step - 1);
    if (next === undefined) isGrowing = false;
    else largest = next;
  }
  return largest;
}

const padded = (size: number) => String(size).padStart(SIZE_DIGITS, "0");
const codeIn = (xml: string) => /<Code>(\w+)<\/Code>/.exec(xml)?.[1];

const noCredentials = (name: string) =>
  unavailable(
    "anchor_credentials_missing",
    `The anchor sink ${name} has no credentials.`,
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the control plane.",
  );

const anotherNote = (name: string, key: string) =>
  unavailable(
    "anchor_other_note",
    `The anchor sink ${name} holds another note at ${key}.`,
    "Compare both notes: two installations write to one prefix, or the log was rewritten.",
  );
