import { z } from "zod";
import { invalid, notFound } from "../../../platform/errors.ts";
import { parseJson } from "../json.ts";
import { type Clock, clockOf, type Days, type LedgerEvent } from "./clock.ts";
import { type Level, rank } from "./cvss.ts";
import { packageKey, sortIds, type Vulnerability } from "./merge.ts";
import { idOf } from "./scan.ts";

export type LedgerEntry = {
  ids: string[];
  package: string;
  versions: string[];
  /** The scans that showed it last; it is fixed when none of them does any more. */
  sources: string[];
  history: LedgerEvent[];
};

/** What has been found since when: the file `toban.vulnerabilities.json`. */
export type Ledger = { version: 1; findings: LedgerEntry[] };

export type LedgerSettings = { days: Days; reopenDays: number };

const at = z.iso.datetime({ offset: true });
const severity = z.enum(["critical", "high", "medium", "low", "none"]);
const person = z.string().trim().min(1);

const eventSchema = z.discriminatedUnion("event", [
  z.strictObject({ at, event: z.enum(["found", "rated", "reopened"]), severity }),
  z.strictObject({
    at,
    event: z.literal("approved"),
    severity,
    author: person,
    approver: person,
    reason: z.string().trim().min(1),
  }),
  z.strictObject({ at, event: z.literal("fixed") }),
]);

const ledgerSchema = z.strictObject({
  version: z.literal(1),
  findings: z.array(
    z.strictObject({
      ids: z.array(z.string().min(1)).min(1),
      package: z.string().min(1),
      versions: z.array(z.string()),
      sources: z.array(z.string()),
      history: z.array(eventSchema).min(1),
    }),
  ),
});

/** The clocks of different machines differ a little. */
const SKEW = 3_600_000;

/**
 * Reads a ledger. What cannot be believed is refused as a whole, because every due date hangs on it.
 * @returns the ledger, or in words why it cannot be believed
 */
export function readLedger(text: string, now: Date): Ledger | string {
  const value = parseJson(text);
  if (value === undefined) return "its beginning: it is no JSON";
  const parsed = ledgerSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join(".") || "its beginning"}: ${issue?.message ?? "?"}`;
  }
  for (const [index, { history }] of parsed.data.findings.entries()) {
    const told = disbelief(history, now);
    if (told !== undefined) return `findings.${index}.history: ${told}`;
  }
  return parsed.data;
}

function disbelief(history: readonly LedgerEvent[], now: Date): string | undefined {
  if (history[0]?.event !== "found") return "begins with something else than found";
  for (const [index, event] of history.entries()) {
    const moment = new Date(event.at).getTime();
    if (moment > now.getTime() + SKEW) return `${event.at} lies in the future`;
    if (index > 0 && moment < new Date(history[index - 1]!.at).getTime())
      return `${event.at} is out of order`;
    if (index > 0 && event.event === "found") return "found twice";
    if (event.event === "approved" && samePerson(event.author, event.approver))
      return "approved by its author";
  }
  return undefined;
}

const samePerson = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The file's text for a ledger, in an order that makes small differences. */
export const writeLedger = (ledger: Ledger): string => `${JSON.stringify(ledger, null, 2)}\n`;

export const EMPTY_LEDGER: Ledger = { version: 1, findings: [] };

/** Finds a vulnerability's entries in a ledger by any of its names, in about constant time. */
export function indexLedger(ledger: Ledger): (ids: readonly string[], name: string) => LedgerEntry[] {
  const index = new Map<string, LedgerEntry[]>();
  for (const entry of ledger.findings) {
    for (const id of entry.ids) {
      const key = `${idOf(id)} ${packageKey(entry.package)}`;
      index.set(key, [...(index.get(key) ?? []), entry]);
    }
  }
  return (ids, name) => [...new Set(ids.flatMap((id) => index.get(`${idOf(id)} ${packageKey(name)}`) ?? []))];
}

/** Whether a ledger entry still speaks of what is found now: open, or fixed at most `reopenDays` ago. */
export function isSame(clock: Clock, now: Date, reopenDays: number): boolean {
  return clock.fixedAt === undefined || now.getTime() - clock.fixedAt.getTime() <= reopenDays * 86_400_000;
}

/** Of several entries for one thing (their names turned out to be aliases) the strictest clock holds. */
export function strictest(
  entries: readonly LedgerEntry[],
  settings: LedgerSettings,
  now: Date,
): LedgerEntry | undefined {
  const due = (entry: LedgerEntry) =>
    clockOf(entry.history, settings.days).dueAt?.getTime() ?? Number.MAX_VALUE;
  return entries
    .filter((entry) => isSame(clockOf(entry.history, settings.days), now, settings.reopenDays))
    .sort((a, b) => due(a) - due(b) || (a.history[0]!.at < b.history[0]!.at ? -1 : 1))[0];
}

/**
 * Brings a ledger up to what has been found. Nothing is closed by a scan that decided nothing, nor by another tool's scan.
 * @param found what the reports show
 * @param scanned the sources of the reports that decided everything
 */
export function advance(
  ledger: Ledger,
  found: readonly Vulnerability[],
  scanned: readonly string[],
  now: Date,
  settings: LedgerSettings,
): Ledger {
  const entriesOf = indexLedger(ledger);
  const seen = new Set<LedgerEntry>();
  const updated = new Map<LedgerEntry, LedgerEntry>();
  const added: LedgerEntry[] = [];
  for (const one of found) {
    const matches = entriesOf(one.ids, one.package);
    const entry = strictest(matches, settings, now);
    for (const match of matches) seen.add(match);
    if (entry === undefined) added.push(opened(one, now));
    else updated.set(entry, continued(updated.get(entry) ?? entry, matches, one, scanned, now, settings));
  }
  const closing = new Set(scanned);
  const findings = ledger.findings.flatMap((entry) => {
    const next = updated.get(entry);
    if (next !== undefined) return [next];
    // Its names have gone into another entry, or into a new one after it had been fixed for long.
    if (seen.has(entry)) return clockOf(entry.history, settings.days).fixedAt === undefined ? [] : [entry];
    return [without(entry, closing, now, settings)];
  });
  return { version: 1, findings: [...findings, ...added].sort(byName) };
}

const byName = (a: LedgerEntry, b: LedgerEntry): number => {
  const [x, y] = [`${a.package} ${a.ids[0]}`, `${b.package} ${b.ids[0]}`];
  return x < y ? -1 : x > y ? 1 : 0;
};

const opened = (one: Vulnerability, now: Date): LedgerEntry => ({
  ids: one.ids,
  package: one.package,
  versions: one.versions,
  sources: one.sources,
  history: [{ at: now.toISOString(), event: "found", severity: one.level }],
});

function continued(
  entry: LedgerEntry,
  matches: readonly LedgerEntry[],
  one: Vulnerability,
  scanned: readonly string[],
  now: Date,
  settings: LedgerSettings,
): LedgerEntry {
  const clock = clockOf(entry.history, settings.days);
  const at = now.toISOString();
  const history = [...entry.history];
  // A second finding of the same entry at the same moment only counts where it is worse.
  const again = history.at(-1)?.at === at && rank(one.level) <= rank(clock.rated);
  if (clock.fixedAt !== undefined) history.push({ at, event: "reopened", severity: one.level });
  else if (one.level !== clock.rated && !again) history.push({ at, event: "rated", severity: one.level });
  const others = entry.sources.filter((source) => !scanned.includes(source));
  return {
    ids: sortIds([...matches.flatMap(({ ids }) => ids.map(idOf)), ...one.ids]),
    package: entry.package,
    versions: one.versions,
    sources: [...new Set([...others, ...one.sources])].sort(),
    history,
  };
}

function without(
  entry: LedgerEntry,
  scanned: ReadonlySet<string>,
  now: Date,
  settings: LedgerSettings,
): LedgerEntry {
  const sources = entry.sources.filter((source) => !scanned.has(source));
  const open = clockOf(entry.history, settings.days).fixedAt === undefined;
  if (!open || sources.length === entry.sources.length) return entry;
  const history: LedgerEvent[] = [...entry.history];
  if (sources.length === 0) history.push({ at: now.toISOString(), event: "fixed" });
  return { ...entry, sources, history };
}

export type Approval = {
  id: string;
  package: string;
  to: Level;
  author: string;
  approver: string;
  reason: string;
};

/**
 * Writes down that a lower rating by the reports is accepted, which lengthens the clock.
 * @throws `not_found` for what the ledger does not hold; `invalid` when the approver is the author, or the level is no lower than
 *   now or lower than what the reports say
 */
export function approveDowngrade(ledger: Ledger, approval: Approval, now: Date, days: Days): Ledger {
  const { id, to, author, approver, reason } = approval;
  const entry = indexLedger(ledger)([id], approval.package)[0];
  if (entry === undefined) {
    throw notFound(
      "gate.vulnerability_unknown",
      `The ledger has no ${id} in ${approval.package}.`,
      "Look up the id and the package in the ledger.",
    );
  }
  if (samePerson(author, approver) || [author, approver, reason].some((text) => text.trim() === "")) {
    throw invalid(
      "gate.downgrade_not_approved",
      "A lower rating needs a reason and the approval of somebody other than its author.",
      "Name an author, another person as approver, and a reason.",
    );
  }
  const clock = clockOf(entry.history, days);
  if (rank(to) >= rank(clock.severity) || rank(to) < rank(clock.rated)) {
    throw invalid(
      "gate.downgrade_not_rated",
      `${id} runs as ${clock.severity} and is rated ${clock.rated}; it cannot become ${to}.`,
      "Approve a level below the present one and not below the reports' rating; use a waiver for anything else.",
    );
  }
  const event: LedgerEvent = {
    at: now.toISOString(),
    event: "approved",
    severity: to,
    author,
    approver,
    reason,
  };
  return {
    version: 1,
    findings: ledger.findings.map((one) =>
      one === entry ? { ...one, history: [...one.history, event] } : one,
    ),
  };
}
