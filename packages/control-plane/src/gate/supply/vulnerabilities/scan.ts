import { listOf, recordOf } from "../json.ts";
import { type Level, levelOfRating, worst } from "./cvss.ts";

/** One vulnerability in one package, as one report tells it. */
export type Observation = {
  /** Every name that the report gives it (CVE, GHSA, OSV …), in upper case. At least one. */
  ids: string[];
  package: string;
  versions: string[];
  /** Undefined when the report rates it not at all, or "unknown". */
  level?: Level;
  fixedIn: string[];
  /** The scanner was told not to show it (ignore rule, VEX). */
  suppressed?: true;
};

/** Why a report decides nothing, or not everything. */
export type Problem = {
  kind: "unreadable" | "unknown" | "unreachable" | "failed" | "incomplete" | "nothing" | "database";
  detail: string;
};

export type Scan = {
  tool: string;
  /** What was looked at, without its tag or digest; undefined when the tool does not say. */
  subject?: string;
  /** When it was looked at, by the report's own clock. */
  at?: Date;
  observations: Observation[];
  problems: Problem[];
  /** The operating system looked at is past its end of life: nobody publishes advisories for it any more. */
  endOfLife?: string;
};

export const CVE = /^CVE-\d{4}-\d{4,}$/;
export const GHSA = /^GHSA(-[23456789CFGHJMPQRVWX]{4}){3}$/;

export const idOf = (id: string): string => id.trim().toUpperCase();

/** The GHSA or CVE id in an advisory's address. */
export function idInUrl(url: string | undefined): string | undefined {
  const id = url === undefined ? undefined : /(GHSA(?:-[0-9a-z]{4}){3}|CVE-\d{4}-\d{4,})/i.exec(url)?.[1];
  return id === undefined ? undefined : idOf(id);
}

/** An image's name without tag and digest, so that the next release's scan is one of the same thing. */
export function subjectOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const plain = name.replace(/@sha256:[0-9a-f]+$/i, "");
  return plain.replace(/:[\w.-]{1,128}$/, "") || plain;
}

/** The worst level among CVSS entries that hold vectors or scores under the usual names. */
export function levelOfCvss(entries: unknown): Level | undefined {
  const all = Array.isArray(entries) ? entries : Object.values(recordOf(entries));
  return worst(
    all.flatMap((entry) => {
      const { V3Score, V40Score, V3Vector, V2Vector, score, vector, vectorString, metrics } = recordOf(entry);
      const candidates = [
        V40Score,
        V3Score,
        V3Vector,
        recordOf(metrics).baseScore,
        score,
        vector,
        vectorString,
      ];
      const level = [...candidates, V2Vector].map(levelOfRating).find((found) => found !== undefined);
      return level === undefined ? [] : [level];
    }),
  );
}

export const isEmpty = (value: unknown): boolean => listOf(value).length === 0;
