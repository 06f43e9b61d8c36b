import { z } from "zod";
import { invalid } from "../platform/errors.ts";
import { GATE_CHECKS } from "./checks.ts";
import { type Finding, placesIn, raise, type SourceFile } from "./finding.ts";
import type { Recognition } from "./fingerprint.ts";
import { matchesGlob } from "./glob.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const waiver = z.strictObject({
  id: z.string().min(1),
  /** The check whose findings are waived. */
  code: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/),
  /** Which files: a path or a glob (`*` within a folder, `**` across folders). */
  path: z.string().min(1),
  /** Only findings whose reason or line holds this text. Default: all of the check in these files. */
  contains: z.string().min(1).optional(),
  reason: z.string().trim().min(10),
  author: z.string().trim().min(1),
  approver: z.string().trim().min(1),
  /** The last day (UTC) on which it holds. */
  until: z.string().regex(DAY),
});

const waiversFile = z.strictObject({ waivers: z.array(waiver) });

export type Waiver = z.infer<typeof waiver>;

/** The longest that a risk may be accepted without being looked at again, in days. */
const LONGEST_DAYS = 366;

/**
 * Reads the waivers' records. A waiver names its scope, its reason, its author, another person who approved it, and
 * its last day. Throws `invalid` for a file that does not: the check is then inconclusive.
 */
export function parseWaivers(file: SourceFile, now: Date): Waiver[] {
  const refuse = (reason: string, remedy: string) =>
    invalid("waivers_invalid", `${file.path}: ${reason}`, remedy);
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch {
    throw refuse("it is not JSON.", "Correct the file.");
  }
  const parsed = waiversFile.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(
      `${issue?.path.join(".") || "the file"}: ${issue?.message}.`,
      "A waiver has id, code, path, reason (10 characters or more), author, approver and until (YYYY-MM-DD).",
    );
  }
  const ids = new Set<string>();
  for (const { id, author, approver, until } of parsed.data.waivers) {
    if (ids.has(id)) throw refuse(`two waivers are called ${id}.`, "Give each an id of its own.");
    ids.add(id);
    if (author.toLowerCase() === approver.toLowerCase()) {
      throw refuse(`waiver ${id} is approved by its own author.`, "Have another person approve it.");
    }
    const end = new Date(`${until}T23:59:59.999Z`);
    // A day that is not in the calendar would be read as one of the next month.
    const exists = !Number.isNaN(end.getTime()) && end.toISOString().startsWith(until);
    if (!exists || end.getTime() - now.getTime() > LONGEST_DAYS * 86_400_000) {
      throw refuse(
        `waiver ${id} has no end within a year (${until}).`,
        "Choose a day at most 366 days ahead; it can be approved again.",
      );
    }
  }
  return parsed.data.waivers;
}

export type Waived = Finding & { waiver: Waiver };

/** Takes out what is waived; waivers that have ended or cover nothing are findings themselves. */
export function applyWaivers(
  findings: Finding[],
  input: Recognition & { file: SourceFile; waivers: Waiver[]; now: Date; partial?: boolean },
): { findings: Finding[]; waived: Waived[] } {
  const { file, waivers, now } = input;
  const used = new Set<Waiver>();
  const waived: Waived[] = [];
  const isOver = (w: Waiver) => Date.parse(`${w.until}T23:59:59.999Z`) < now.getTime();
  const kept = findings.filter((finding) => {
    const covering = waivers.filter((w) => covers(w, finding, input));
    for (const w of covering) used.add(w);
    const [holding] = covering.filter((w) => !isOver(w));
    if (holding) waived.push({ ...finding, waiver: holding });
    return !holding;
  });
  const at = placesIn(file);
  for (const w of waivers) {
    const place = at(Math.max(0, file.text.indexOf(JSON.stringify(w.id))));
    if (input.partial && !used.has(w)) continue;
    if (isOver(w)) kept.push(raise(GATE_CHECKS.waiverExpired, place, w));
    else if (!used.has(w)) kept.push(raise(GATE_CHECKS.waiverUnused, place, w));
  }
  return { findings: kept, waived };
}

function covers(w: Waiver, finding: Finding, { lineOf, nameOf }: Recognition): boolean {
  if (w.code !== finding.code) return false;
  const names = [finding.path, nameOf?.(finding.path) ?? finding.path];
  if (!names.some((name) => matchesGlob(w.path, name))) return false;
  const { contains } = w;
  if (contains === undefined) return true;
  return [finding.reason.en, finding.reason.ja, lineOf(finding)].some((text) => text.includes(contains));
}
