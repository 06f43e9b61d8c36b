import type { Text } from "@toban/definition";
import type { AlertTransition } from "../alerting/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database, Tx } from "../platform/database.ts";
import type { Task } from "../platform/tasks.ts";
import type { RolloutEvent } from "../rollout/index.ts";
import {
  appendTimeline,
  clearCause,
  clearCausesOf,
  openOrAppend,
  resolveQuiet,
  stayOpenUntil,
} from "./incidents.ts";

/** After a rollback the incident stays open this long, because the alert about it may still come. */
export const QUIET_AFTER_ROLLBACK_MS = 30_000;

const keyOf = (service: string) => `service/${service}`;

/** Keeps the audit log as evidence of an incident; once for each incident. `tenant`: where it happened, if known. */
export type PreserveAudit = (
  tx: Tx,
  ctx: Ctx,
  hold: { incident: string; reason: string; tenant: string | null },
) => Promise<unknown>;

/**
 * For alerting's `onTransition`: critical and high alerts open an incident of their service. One that the definition
 * marks so has the audit log preserved from the moment the incident opens.
 */
export async function followAlert(
  tx: Tx,
  ctx: Ctx,
  transition: AlertTransition,
  preserveAudit?: PreserveAudit,
): Promise<void> {
  const { alertId, service, severity, title, reason, to, from } = transition;
  const cause = `alert/${alertId}`;
  const key = service ? keyOf(service) : cause;
  if (to === "firing") {
    const event = { key: transition.id, at: transition.at, text: alertText(transition) };
    if (severity === "critical" || severity === "high") {
      const incident = await openOrAppend(tx, ctx, { key, title, severity, service, event, cause });
      if (transition.preserve) {
        const tenant = transition.cause?.tenantId ?? null;
        await preserveAudit?.(tx, ctx, { incident, reason: `alert ${alertId}`, tenant });
      }
    } else {
      await appendTimeline(tx, ctx, key, event);
    }
    return;
  }
  if (from !== "firing") return;
  const text = {
    en: `Alert resolved: ${title.en}. ${reason.en}`,
    ja: `アラート解消: ${title.ja}。${reason.ja}`,
  };
  await clearCause(tx, ctx, cause, { key: transition.id, at: transition.at, text });
}

function alertText({ from, title, level, ...transition }: AlertTransition): Text {
  const reason = withCause(transition);
  const name = { warning: "警告", critical: "緊急" }[level ?? "warning"];
  return from === "firing"
    ? {
        en: `Alert is now ${level}: ${title.en}. ${reason.en}`,
        ja: `アラートが${name}になりました: ${title.ja}。${reason.ja}`,
      }
    : {
        en: `Alert fired (${level}): ${title.en}. ${reason.en}`,
        ja: `アラート発生(${name}): ${title.ja}。${reason.ja}`,
      };
}

/** People are named by their commitments: a timeline outlives an erasure. */
function withCause({ reason, cause }: Pick<AlertTransition, "reason" | "cause">): Text {
  if (!cause) return reason;
  const { action, resource, actorId, correlationId } = cause;
  return {
    en: `${reason.en} Newest: ${action} on ${resource} by ${actorId}, correlation id ${correlationId}.`,
    ja: `${reason.ja}最新: ${actorId} による ${resource} への ${action}(相関 ID ${correlationId})。`,
  };
}

/** For rollout's `onEvent`: a rollout that fails opens an incident of its service. */
export async function followRollout(tx: Tx, ctx: Ctx, event: RolloutEvent): Promise<void> {
  const { service, version, fromVersion, runId } = event.rollout;
  const key = keyOf(service);
  const cause = `rollout/${runId}`;
  const tell = (text: Text) => appendTimeline(tx, ctx, key, { key: event.key, text });
  const open = (text: Text) =>
    openOrAppend(tx, ctx, {
      key,
      title: {
        en: `The rollout of ${service} ${version} fails`,
        ja: `${service} ${version} のロールアウトに失敗しました`,
      },
      severity: "high",
      service,
      event: { key: event.key, text },
      cause,
    });
  const because = event.reason ? { en: ` ${event.reason.en}`, ja: event.reason.ja } : { en: "", ja: "" };

  switch (event.kind) {
    case "started":
      await tell({
        en: `Rollout of ${version} started${fromVersion ? ` (live: ${fromVersion})` : ""}.`,
        ja: `${version} のロールアウトを開始しました${fromVersion ? `(稼働中: ${fromVersion})` : ""}。`,
      });
      return;
    case "failing":
      await open({
        en: `The rollout of ${version} fails.${because.en}`,
        ja: `${version} のロールアウトが失敗しています。${because.ja}`,
      });
      return;
    case "rolling-back":
      await tell({
        en: `${version} gets no traffic any more${fromVersion ? `; all of it goes to ${fromVersion}` : ""}.`,
        ja: `${version} へのトラフィックを止めました${fromVersion ? `。すべて ${fromVersion} に戻っています` : ""}。`,
      });
      return;
    case "ended":
      return ended(tx, ctx, event, open, tell, because);
  }
}

async function ended(
  tx: Tx,
  ctx: Ctx,
  event: Extract<RolloutEvent, { kind: "ended" }>,
  open: (text: Text) => Promise<string>,
  tell: (text: Text) => Promise<boolean>,
  because: Text,
): Promise<void> {
  const { service, version, fromVersion, runId } = event.rollout;
  const key = keyOf(service);
  switch (event.result) {
    case "rolled-back":
      await open({
        en: `Rolled back from ${version} to ${fromVersion}.${because.en}`,
        ja: `${version} から ${fromVersion} に戻しました。${because.ja}`,
      });
      await stayOpenUntil(tx, key, new Date(ctx.clock.now().getTime() + QUIET_AFTER_ROLLBACK_MS));
      return clearCausesOf(tx, ctx, key, `rollout/${runId}`);
    case "failed":
      // Stays open until a rollout of the service succeeds, or a person resolves it.
      await open({
        en: `The rollout of ${version} ended without a working state.${because.en}`,
        ja: `${version} のロールアウトは正常な状態で終わりませんでした。${because.ja}`,
      });
      return;
    case "succeeded":
      await tell({ en: `${version} is live.`, ja: `${version} が稼働しています。` });
      return clearCausesOf(tx, ctx, key, "rollout/");
    case "cancelled":
      await tell({
        en: `The rollout of ${version} was cancelled.`,
        ja: `${version} のロールアウトは取り消されました。`,
      });
      return clearCausesOf(tx, ctx, key, `rollout/${runId}`);
  }
}

/** Every five seconds: resolves incidents whose quiet time is over. */
export function quietTask(
  db: Database,
  tenants: () => Promise<string[]>,
  ctxFor: (tenant: string) => Ctx,
): Task {
  return {
    name: "incidents.quiet",
    periodMs: 5_000,
    async run() {
      for (const tenant of await tenants()) {
        const ctx = ctxFor(tenant);
        await db.tx(ctx, (tx) => resolveQuiet(tx, ctx));
      }
    },
  };
}
