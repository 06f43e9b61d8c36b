import type { Severity } from "../check.ts";
import { type Difference, isRecord, type SchemaNode, valueAt } from "../schema/index.ts";
import { type CheckName, type Comparing, inside, isPastSunset, note, type Where } from "./comparing.ts";

/** `http` hides `readOnly` or `writeOnly`; `sender` decides which way the schema may change. */
export type Use = { http: "request" | "response"; sender: "consumer" | "provider"; textual: boolean };

/** Compares the schemas of one value that is sent. An absent one accepts everything. */
export function noteSchemas(
  comparing: Comparing,
  base: SchemaNode,
  revision: SchemaNode,
  use: Use,
  where: Where,
): void {
  const comparison = comparing.schemas(use.http, use.textual);
  for (const one of comparison.compare([base], [revision])) noteDifference(comparing, one, use, where);
}

type Verdict = { check: CheckName; severity?: Severity; side?: "base" | "revision" };

function noteDifference(comparing: Comparing, one: Difference, use: Use, where: Where): void {
  const verdict = judge(comparing, one, use);
  if (!verdict) return;
  const side = verdict.side ?? "revision";
  const { check, severity } = verdict;
  const place = inside(where, ...(one.path ? [one.path] : []));
  note(comparing, check, [side, one[side]], place, shown(one), severity);
}

function shown({ kind, params }: Difference): Record<string, string | number> {
  const { name, from, to, value, keyword } = params;
  const limit = LIMITS.exec(kind)?.[1];
  return {
    name: name ?? "",
    from: from ?? "–",
    to: to ?? "–",
    value: value ?? "–",
    keyword: keyword ?? limit ?? name ?? "",
  };
}

const LIMITS = /^(pattern|format|enum|items)-/;

function judge(comparing: Comparing, one: Difference, use: Use): Verdict | null {
  if (one.kind === "unresolvable") {
    return { check: "referenceUnresolvable", side: one.params.side as "base" | "revision" };
  }
  if (one.kind === "too-complex" || one.undecided) return { check: "undecidable" };
  return use.sender === "consumer" ? judgeSent(comparing, one, use) : judgeReceived(comparing, one, use);
}

/** What was removed had promised to go by a date that has come. */
function isSunset(comparing: Comparing, { base }: Difference): boolean {
  const before = valueAt(comparing.base.load(base.path), base.pointer);
  return isRecord(before) && isPastSunset(before, comparing.now);
}

/** What consumers send: everything that they sent before must still be taken. */
function judgeSent(comparing: Comparing, one: Difference, use: Use): Verdict | null {
  switch (one.kind) {
    case "default-changed":
      return one.params.from === "–" || one.params.to === "–"
        ? { check: "requestDefaultChanged", severity: "warn" }
        : { check: "requestDefaultChanged" };
    case "property-removed":
      if (isSunset(comparing, one)) return null;
      if (one.narrowing) return { check: "requestPropertyRemoved" };
      return { check: "requestPropertyRemoved", severity: "warn" };
    case "property-became-read-only":
      return { check: "requestPropertyRemoved", severity: "warn" };
    case "property-deprecated":
      return one.params.sunset ? null : { check: "deprecatedWithoutSunset" };
    case "one-of-stricter":
      return { check: "requestBranchRemoved", severity: "warn" };
    default:
  }
  if (!one.narrowing || one.inLetterOnly) return null;
  const check = SENT[one.kind];
  if (!check) return null;
  if (check === "requestConstraintTightened" && isHint(one, use, "to")) return { check, severity: "warn" };
  return { check };
}

const SENT: Partial<Record<Difference["kind"], CheckName>> = {
  "type-changed": "requestTypeChanged",
  "null-removed": "requestNullRemoved",
  "enum-value-removed": "requestValueRemoved",
  "enum-added": "requestValueRemoved",
  "enum-removed": "requestConstraintTightened",
  "bound-tightened": "requestConstraintTightened",
  "bound-relaxed": "requestConstraintTightened",
  "pattern-added": "requestConstraintTightened",
  "pattern-removed": "requestConstraintTightened",
  "pattern-changed": "requestConstraintTightened",
  "format-added": "requestConstraintTightened",
  "format-changed": "requestConstraintTightened",
  "condition-added": "requestConstraintTightened",
  "condition-changed": "requestConstraintTightened",
  "property-added": "requestConstraintTightened",
  "required-added": "requestPropertyRequired",
  "additional-narrowed": "requestClosed",
  "items-narrowed": "requestClosed",
  "branch-removed": "requestBranchRemoved",
  "discriminator-changed": "requestBranchRemoved",
  "discriminator-value-removed": "requestBranchRemoved",
};

/** What consumers receive: nothing may come that could not come before. */
function judgeReceived(comparing: Comparing, one: Difference, use: Use): Verdict | null {
  switch (one.kind) {
    case "property-removed": {
      if (isSunset(comparing, one)) return null;
      // Of a closed object, what was optional may be absent; of an open one, its name may now carry anything.
      if (one.widening) return { check: "responsePropertyRemoved" };
      return { check: "responsePropertyRemoved", severity: "warn" };
    }
    case "property-became-write-only":
      return { check: "responsePropertyRemoved" };
    case "property-deprecated":
      return one.params.sunset ? null : { check: "deprecatedWithoutSunset" };
    case "required-removed":
      // A property that is gone altogether is told once, as removed.
      return one.params.isGone ? { check: "responsePropertyRemoved" } : { check: "responsePropertyOptional" };
    default:
  }
  if (!one.widening || one.inLetterOnly) return null;
  const check = RECEIVED[one.kind];
  if (!check) return null;
  if (check === "responseConstraintRelaxed" && isHint(one, use, "from")) return { check, severity: "warn" };
  return { check };
}

const RECEIVED: Partial<Record<Difference["kind"], CheckName>> = {
  "type-changed": "responseTypeChanged",
  "null-added": "responseNullAdded",
  "enum-value-added": "responseValueAdded",
  "enum-removed": "responseValueAdded",
  "enum-added": "responseValueAdded",
  "bound-relaxed": "responseConstraintRelaxed",
  "bound-tightened": "responseConstraintRelaxed",
  "pattern-removed": "responseConstraintRelaxed",
  "pattern-added": "responseConstraintRelaxed",
  "pattern-changed": "responseConstraintRelaxed",
  "format-removed": "responseConstraintRelaxed",
  "format-changed": "responseConstraintRelaxed",
  "condition-removed": "responseConstraintRelaxed",
  "condition-changed": "responseConstraintRelaxed",
  "property-added": "responsePropertyAdded",
  "additional-widened": "responseOpened",
  "items-widened": "responseOpened",
  "branch-added": "responseBranchAdded",
  "discriminator-changed": "responseBranchAdded",
  "discriminator-value-added": "responseBranchAdded",
};

/** Formats that readers check or that decide how a value is stored. */
const CHECKED_FORMATS = new Set(
  (
    "date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri url uri-reference iri " +
    "iri-reference uuid regex json-pointer int8 int16 int32 int64 float double byte binary decimal"
  ).split(" "),
);

const isHint = (one: Difference, _use: Use, side: "from" | "to"): boolean =>
  one.kind.startsWith("format-") && !CHECKED_FORMATS.has(String(one.params[side]));
