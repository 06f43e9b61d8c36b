import { type Level, rank } from "./cvss.ts";

/**
 * What happened to a vulnerability, in order. `rated`: the reports rate it differently from before. `approved`: people have
 * agreed to a lower rating. `reopened`: it came back soon enough to be the same one.
 */
export type LedgerEvent =
  | { at: string; event: "found" | "rated" | "reopened"; severity: Level }
  | { at: string; event: "approved"; severity: Level; author: string; approver: string; reason: string }
  | { at: string; event: "fixed" };

/** Days until a vulnerability of each level has to be gone; a level without a number has no due date. */
export type Days = Partial<Record<Level, number>>;

export type Clock = {
  firstSeen: Date;
  /** The level that the clock runs by. */
  severity: Level;
  /** The level that the reports gave last. */
  rated: Level;
  /** It is overdue after this moment, not at it. */
  dueAt?: Date;
  fixedAt?: Date;
};

const DAY = 86_400_000;

const later = (from: Date, days: number | undefined): Date | undefined =>
  days === undefined ? undefined : new Date(from.getTime() + days * DAY);

const earlier = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b;

/**
 * The clock that a history makes (RF-060, RF-061). It is always worked out from the history, never stored, so that nobody can
 * move a due date without it showing.
 *
 * - First found: due after the days of its level.
 * - Rated higher: due at the old due date or after the new level's days from now, whichever comes first.
 * - Rated lower: nothing changes until people approve it; then due after the lower level's days from the first sight, and never
 *   sooner than before.
 * - Fixed and back again: the first clock goes on.
 *
 * @throws RangeError for a history that does not begin with `found`
 */
export function clockOf(history: readonly LedgerEvent[], days: Days): Clock {
  const [first, ...rest] = history;
  if (first?.event !== "found") throw new RangeError("the history begins with something else than found");
  const firstSeen = new Date(first.at);
  const clock: Clock = { firstSeen, severity: first.severity, rated: first.severity };
  set(clock, "dueAt", later(firstSeen, days[first.severity]));
  for (const event of rest) {
    const at = new Date(event.at);
    if (event.event === "fixed") {
      clock.fixedAt = at;
      continue;
    }
    if (event.event === "approved") {
      const due = later(firstSeen, days[event.severity]);
      clock.severity = event.severity;
      set(
        clock,
        "dueAt",
        due !== undefined && clock.dueAt !== undefined && clock.dueAt > due ? clock.dueAt : due,
      );
      continue;
    }
    if (event.event === "reopened") delete clock.fixedAt;
    clock.rated = event.severity;
    if (rank(event.severity) > rank(clock.severity)) {
      clock.severity = event.severity;
      set(clock, "dueAt", earlier(clock.dueAt, later(at, days[event.severity])));
    }
  }
  return clock;
}

function set(clock: Clock, key: "dueAt", value: Date | undefined): void {
  if (value === undefined) delete clock[key];
  else clock[key] = value;
}

/** Overdue from one millisecond after the due date. */
export const isOverdue = (clock: Clock, now: Date): boolean => clock.dueAt !== undefined && now > clock.dueAt;

/** Whole days left, rounded down; negative once it is overdue. */
export const daysLeft = (dueAt: Date, now: Date): number =>
  Math.floor((dueAt.getTime() - now.getTime()) / DAY);
