import path from "node:path";
import { invalid } from "../../../platform/errors.ts";
import type { AnchorSink } from "../types.ts";
import { fileSink } from "./file.ts";
import { s3Sink } from "./s3.ts";
import { webhookSink } from "./webhook.ts";

export type AnchorSettings = {
  home: string;
  /** `TOBAN_ANCHOR_FOLDER`; default `<home>/anchors.second`. Better on another disk. */
  folder?: string | undefined;
  /** `TOBAN_ANCHOR_WEBHOOK`: a URL. The secret `anchor-webhook` signs what is posted. */
  webhook?: string | undefined;
  /** `TOBAN_ANCHOR_S3`: `https://…/bucket/prefix?region=…`, see `s3Settings`. */
  s3?: string | undefined;
  secret(name: string): string | undefined;
  /** For AWS_ACCESS_KEY_ID and its like, read at each use. */
  environment: Record<string, string | undefined>;
  clock: { now(): Date };
};

export const anchorFolder = (home: string): string => path.join(home, "anchors");

/** The places that keep checkpoints; nothing is opened yet. */
export function anchorSinks(settings: AnchorSettings): AnchorSink[] {
  const own = anchorFolder(settings.home);
  const second = path.resolve(settings.folder || path.join(settings.home, "anchors.second"));
  if (second === path.resolve(own)) {
    throw invalid(
      "anchor_folder_same",
      `TOBAN_ANCHOR_FOLDER is ${own}, where anchors are kept anyway.`,
      "Name another folder, best on another disk.",
    );
  }
  const sinks = [fileSink(own, "file"), fileSink(second, "second-file")];
  if (settings.webhook) {
    webUrl("TOBAN_ANCHOR_WEBHOOK", settings.webhook);
    sinks.push(webhookSink(settings.webhook, () => settings.secret("anchor-webhook")));
  }
  if (settings.s3) sinks.push(s3Sink(s3Settings(settings.s3, settings)));
  return sinks;
}

/** `https://<endpoint>/<bucket>/<prefix>?region=<region>`; `&style=virtual` when the host names the bucket, `&days=` to retain. */
function s3Settings(text: string, { environment, clock }: AnchorSettings) {
  const url = webUrl("TOBAN_ANCHOR_S3", text);
  const parts = url.pathname.split("/").filter(Boolean);
  const bucket = url.searchParams.get("style") === "virtual" ? [] : parts.splice(0, 1);
  const days = Number(url.searchParams.get("days") ?? 1_200);
  const isWhole = url.searchParams.get("style") === "virtual" || bucket.length === 1;
  if (!isWhole || !Number.isInteger(days) || days < 1) {
    throw invalid(
      "setting_invalid",
      "TOBAN_ANCHOR_S3 names no bucket, or no whole number of days.",
      "Give it as https://<endpoint>/<bucket>/<prefix>?region=<region>&days=<days>.",
    );
  }
  return {
    bucketUrl: [url.origin, ...bucket].join("/"),
    prefix: parts.join("/"),
    region: url.searchParams.get("region") ?? environment.AWS_REGION ?? "us-east-1",
    retainDays: days,
    credentials: () => {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
      if (!accessKeyId || !secretAccessKey) return undefined;
      return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN || undefined };
    },
    clock,
  };
}

function webUrl(setting: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw invalid(
    "setting_invalid",
    `${setting} is not an http(s) URL.`,
    `Set ${setting} to one, or unset it.`,
  );
}
