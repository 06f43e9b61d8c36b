import { type Finding, type Place, raise } from "../finding.ts";
import { EVENTS_CHECKS as CHECKS } from "./checks/index.ts";
import type { DeclaredChange, EventSettings } from "./settings.ts";

/** True when `text` is a day or a time that has passed; a day passes when it ends. False for what is no date. */
export function isPast(text: string, now: Date): boolean {
  const at = dateOf(text, "end");
  return at !== null && at.getTime() <= now.getTime();
}

function dateOf(text: string, side: "start" | "end"): Date | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const day = new Date(`${text}T00:00:00Z`);
    if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text)) return null;
    return side === "start" ? day : new Date(day.getTime() + 86_400_000);
  }
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? new Date(text) : null;
  return at && !Number.isNaN(at.getTime()) ? at : null;
}

/** What a finding is about, by all the names that a declaration may use. */
export type About = { finding: Finding; names: string[] };

/**
 * Lets blocking findings through that are declared with everything that RF-141 asks for: they become warnings. A
 * declaration that lacks a part lets nothing through and is refused itself.
 */
export function applyEvolution(all: About[], settings: EventSettings): Finding[] {
  const changes = settings.evolution?.changes ?? [];
  const incomplete = new Map<DeclaredChange, Place>();
  const findings = all.map(({ finding, names }) => {
    if (finding.severity !== "block" || finding.undecided) return finding;
    const change = changes.find((one) => isAbout(one, finding, names));
    if (!change) return finding;
    if (missingOf(change, settings).length === 0) return { ...finding, severity: "warn" as const };
    if (!incomplete.has(change)) incomplete.set(change, finding);
    return finding;
  });
  for (const [change, place] of incomplete) {
    const missing = missingOf(change, settings);
    findings.push(
      raise(CHECKS.evolutionIncomplete, place, { event: change.event, missing: missing.join(", ") }),
    );
  }
  return findings;
}

function isAbout(change: DeclaredChange, finding: Finding, names: string[]): boolean {
  if (change.codes && !change.codes.includes(finding.code)) return false;
  return change.event === "*" || names.includes(change.event);
}

/** The parts of a declaration that are absent or do not hold. */
function missingOf(change: DeclaredChange, settings: EventSettings): string[] {
  const missing: string[] = [];
  const { compatibilityPeriod: period } = change;
  const from = period ? dateOf(period.from, "start") : null;
  const until = period ? dateOf(period.until, "end") : null;
  const isPeriod = from !== null && until !== null && until > from;
  if (!isPeriod) missing.push("compatibilityPeriod");
  for (const link of ["stagedRelease", "rollback", "migrationNotes"] as const) {
    if (!change[link]?.trim()) missing.push(link);
  }
  const least = settings.evolution?.supportWindowDays ?? 0;
  const days = change.supportWindowDays;
  if (days === undefined) missing.push("supportWindowDays");
  else if (days < least) missing.push(`supportWindowDays ≥ ${least}`);
  else if (isPeriod && until.getTime() - from.getTime() < days * 86_400_000) {
    missing.push(`compatibilityPeriod ≥ ${days} d`);
  }
  return missing;
}
