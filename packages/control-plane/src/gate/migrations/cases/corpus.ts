import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile, Verdict } from "../../finding.ts";
import type { Lock } from "../shadow/observe.ts";

/** Migrations written by hand, with the verdict of somebody who knows PostgreSQL: `cases.json` and the files it names. */
export const CORPUS = fileURLToPath(new URL("../../../../corpus/migrations/", import.meta.url));

/** What PostgreSQL is seen to do. Names of tables are without `public.`; an empty list says "none". */
export type Claim = {
  /** The strongest lock held on a table that was there before. */
  locks?: Record<string, Lock>;
  rewrites?: string[];
  scans?: string[];
  /** Tables that were there and got an index built while they were locked. */
  builds?: string[];
  /** SQLSTATE that stops the migration. */
  error?: string;
  /** How many rows are missing afterwards. */
  lost?: Record<string, number>;
  /** Statements of the running version that work before and fail after. */
  breaks?: string[];
  /** Queries and their single value afterwards; `@app ` before one asks as app_user. */
  after?: Record<string, unknown>;
  /** `lock_timeout` in effect at the last statement that took ACCESS EXCLUSIVE on a table that was there. */
  timeout?: string;
  /** What down does after up: the catalogue is as before or not, it fails, or rows that were there before are gone. */
  down?: { same?: boolean; error?: string; lost?: Record<string, number> };
};

export type Case = {
  /** A file, or a folder: a history of which the last migration is judged. */
  path: string;
  verdict: Verdict;
  /** What it is about, for reading the results. */
  about: string;
  why: string;
  /** What is passed to `--transaction`. */
  transaction?: "per-file" | "none";
  /** How it really runs when that is not what `transaction` says. Default: each file in a transaction. */
  runs?: "none";
  /** SQL that runs before a single file, after `shop.sql`. */
  setup?: string;
  /** SQL that runs before the last migration of a history. */
  seed?: string;
  /** `toban.check.json` of this case, of the family `migrations`. */
  settings?: Record<string, unknown>;
  /** One of these codes has to be among the findings. */
  codes?: string[];
  claim: Claim;
};

export const cases = (): Case[] => JSON.parse(readFileSync(path.join(CORPUS, "cases.json"), "utf8"));

/** The files of a case, named from the corpus folder. */
export function filesOf(one: Case): SourceFile[] {
  const walk = (at: string): string[] =>
    statSync(path.join(CORPUS, at)).isDirectory()
      ? readdirSync(path.join(CORPUS, at))
          .sort()
          .flatMap((name) => walk(`${at}/${name}`))
      : [at];
  return walk(one.path).map((file) => ({ path: file, text: readFileSync(path.join(CORPUS, file), "utf8") }));
}

export const isHistory = (one: Case): boolean => !one.path.endsWith(".sql");
