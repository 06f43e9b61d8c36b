import type { Operations, Severity, Text } from "@toban/definition";
import type { Tx } from "../platform/database.ts";
import type { AlertState, Level } from "./decide.ts";
import { compileAlerts, severityAt } from "./rules.ts";
import { newestPages, type PageRow, readAlerts } from "./store.ts";

export type AlertView = {
  id: string;
  title: Text;
  state: AlertState;
  level: Level | null;
  severity: Severity;
  /** Last evaluated value; see `noData`. */
  value: number | null;
  /** Of the current level; of the warning level when it does not fire. */
  threshold: number;
  unit: string;
  since: string;
  firedAt: string | null;
  resolvedAt: string | null;
  /** The newest look found nothing to evaluate. */
  noData: boolean;
  impact: Text;
  runbook: string;
  service: string | null;
  /** The newest page of the current or last episode; `error` says why it was not delivered. */
  page: { kind: string; channel: string; state: PageRow["state"]; error: string | null } | null;
};

/** Every alert of the definition, firing ones first. One that was never evaluated is inactive without data. */
export async function listAlerts(tx: Tx, definition: Operations): Promise<AlertView[]> {
  const stored = new Map((await readAlerts(tx)).map((row) => [row.id, row]));
  const episodes = [...stored.values()].flatMap((row) => (row.episode ? [row.episode] : []));
  const pages = new Map((await newestPages(tx, episodes)).map((page) => [page.episode, page]));
  const views = compileAlerts(definition).map(({ rule, alert, service, unit }): AlertView => {
    const row = stored.get(rule.id);
    const page = row?.episode ? pages.get(row.episode) : undefined;
    return {
      id: rule.id,
      title: alert.title,
      state: row?.state ?? "inactive",
      level: row?.level ?? null,
      severity: severityAt(alert, row?.level ?? null),
      value: row?.value ?? null,
      threshold: row?.level === "critical" ? rule.critical : rule.warning,
      unit,
      since: (row?.since ?? new Date(0)).toISOString(),
      firedAt: row?.firedAt?.toISOString() ?? null,
      resolvedAt: row?.resolvedAt?.toISOString() ?? null,
      noData: row?.noData ?? true,
      impact: alert.impact,
      runbook: alert.runbook,
      service,
      page: page ? { kind: page.kind, channel: page.channel, state: page.state, error: page.error } : null,
    };
  });
  const order: AlertState[] = ["firing", "pending", "resolved", "inactive"];
  return views.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}
