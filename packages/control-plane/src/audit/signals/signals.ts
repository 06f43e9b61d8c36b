import type { ACTIONS } from "../record/actions.ts";

/** What of the audit log is counted as a metric, so that alerts can watch it. */
export type Signal = {
  metric: string;
  actions: readonly (keyof typeof ACTIONS)[];
  /** Only events that ended so; every one when absent. */
  results?: readonly string[];
  /** Not what the control plane does by itself, for example when it provisions its own tenant. */
  byPeopleOnly?: true;
};

/** Counts are of the last minute. */
export const SIGNAL_WINDOW_MS = 60_000;

export const SIGNALS: readonly Signal[] = [
  {
    metric: "toban.audit.privilege_changes",
    actions: ["person.create", "person.role", "person.remove"],
    results: ["success"],
    byPeopleOnly: true,
  },
  { metric: "toban.audit.mfa_changes", actions: ["mfa.change"], results: ["success"] },
  {
    metric: "toban.audit.failed_sign_ins",
    actions: ["session.refuse", "session.create"],
    results: ["failure", "denied"],
  },
  { metric: "toban.audit.denied", actions: ["operation.denied"] },
];

/** Events of one action and result in the window. */
export type Counted = {
  action: string;
  result: string;
  /** Of a task of the control plane itself. */
  byTask: boolean;
  /** An event that stands for several attempts counts as all of them. */
  times: number;
  newest: SignalEvent;
};

export type SignalEvent = {
  tenantId: string;
  correlationId: string;
  actorId: string;
  action: string;
  resource: string;
  tsUs: number;
};

/** How often a signal was given, and its newest event. */
export function countSignal(
  signal: Signal,
  counted: Counted[],
): { times: number; newest: SignalEvent | null } {
  const own = counted.filter(
    ({ action, result, byTask }) =>
      (signal.actions as readonly string[]).includes(action) &&
      (signal.results === undefined || signal.results.includes(result)) &&
      !(signal.byPeopleOnly && byTask),
  );
  return {
    times: own.reduce((sum, { times }) => sum + times, 0),
    newest: own.reduce<SignalEvent | null>(
      (newest, counted) => (newest && newest.tsUs >= counted.newest.tsUs ? newest : counted.newest),
      null,
    ),
  };
}

/**
 * From when on events count: a minute before the last look that alerts could see. While nobody watches (this process
 * was down, or the telemetry store is), the window stays where it was: what happened then is counted as soon as
 * somebody watches again.
 */
export function windowStart(now: Date, watchedUntil: Date | undefined): Date {
  const until = watchedUntil && watchedUntil < now ? watchedUntil : now;
  return new Date(until.getTime() - SIGNAL_WINDOW_MS);
}
