import { setTimeout as sleep } from "node:timers/promises";
import { withProofPerson } from "../../access/index.ts";
import { type AlertView, compileAlerts, listAlerts, newestPayload } from "../../alerting/index.ts";
import { record } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

/** Counted at the source, sent, stored, evaluated: each takes seconds. */
const ALERT_MS = 20_000;
const LOOK_EVERY_MS = 500;
const SENDING_MS = 3_000;
/** Long enough for an alert that should stay still to have been evaluated on the newest count. */
const STILL_MS = 9_000;

type Notified = { event: string; seconds: number | null; correlated: boolean; page: string | null };
type Privileges = { changes: Notified[] };

/**
 * A role is granted and taken away through the running API; the alert has to fire and its page to carry the correlation
 * id of the change. `parameters.alert`: on changes of permissions.
 */
export const auditPrivilegeAlert: Kind<Privileges> = {
  kind: "audit.privilege-alert",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const alert = String(parameters.alert);
    await assertStill(system, ctx, alert);
    const own: Ctx = { ...ctx, actor: { kind: "task", id: "proof" } };
    return withProofPerson(system.db, own, "proof-role", 2, async (person) => {
      const correlationIds: string[] = [];
      const change = async (level: number) => {
        const correlationId = ctx.newId();
        correlationIds.push(correlationId);
        const { status } = await system.api({
          ...{ method: "PATCH", path: `/v1/people/${person}`, body: { level } },
          headers: { "x-request-id": correlationId },
        });
        if (status !== 200) throw new Error(`the change of a role was answered with ${status}`);
      };
      await change(5);
      const granted = await firing(system, ctx, alert, correlationIds);
      await change(2);
      return { changes: [{ event: "a role is raised", ...granted }] };
    });
  },
  judge({ changes }) {
    const faults = [
      ...changes.flatMap(notifiedFaults),
      ...(changes.length > 0 ? [] : ["nothing was changed"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          changes.map(saidOf).join("; "),
          text("The change was told, with its correlation id.", "変更は相関 ID とともに通知されました。"),
        ),
      "change_not_told",
      `${faults.length} faults`,
      REMEDY,
    );
  },
  mutants() {
    const good: Notified = { event: "a role is raised", seconds: 4, correlated: true, page: "delivered" };
    return {
      "no alert": { changes: [{ ...good, seconds: null, correlated: false, page: null }] },
      "no correlation id": { changes: [{ ...good, correlated: false }] },
      "no page": { changes: [{ ...good, page: null }] },
      "nothing was changed": { changes: [] },
    };
  },
};

type Authentication = {
  threshold: number;
  below: { attempts: number; counted: number | null; fired: boolean };
  at: Notified & { attempts: number; value: number | null };
  mfa: Notified;
};

/**
 * Sign-ins with wrong tokens: one fewer than the threshold raise nothing, one more is a surge. A change of multi-factor
 * authentication, recorded for a person made for the proof, is told too. `parameters`: `surge` and `mfa`, the alerts.
 */
export const auditSignInAlert: Kind<Authentication> = {
  kind: "audit.sign-in-alert",
  disturbs: true,
  async measure(system, ctx, parameters) {
    const [surge, mfa] = [String(parameters.surge), String(parameters.mfa)];
    await assertStill(system, ctx, surge);
    await assertStill(system, ctx, mfa);
    const rule = compileAlerts(system.operations).find((compiled) => compiled.rule.id === surge)?.rule;
    if (!rule) throw new Error(`there is no alert ${surge}`);
    const threshold = rule.warning;
    await recordMfaChange(system, ctx);
    await failToSignIn(system, threshold - 1);
    const told = await firing(system, ctx, mfa, [ctx.correlationId]);
    await sleep(STILL_MS);
    const still = await alertNow(system, ctx, surge);
    await failToSignIn(system, 1);
    const fired = await firing(system, ctx, surge, []);
    const after = await alertNow(system, ctx, surge);
    return {
      threshold,
      below: { attempts: threshold - 1, counted: still.value, fired: isFiring(still) },
      at: {
        event: "a surge of failed sign-ins",
        attempts: threshold,
        value: after.value,
        ...fired,
        correlated: true,
      },
      mfa: { event: "a change of multi-factor authentication", ...told },
    };
  },
  judge({ threshold, below, at, mfa }) {
    const faults = [
      ...(below.fired ? [`fires with ${below.attempts} failed sign-ins, below ${threshold}`] : []),
      ...(below.counted !== null && below.counted >= 1 && below.counted < threshold
        ? []
        : [`${below.attempts} failed sign-ins were counted as ${below.counted}`]),
      ...(at.value !== null && at.value >= threshold ? [] : [`${at.attempts} were counted as ${at.value}`]),
      ...notifiedFaults(at),
      ...notifiedFaults(mfa),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${below.attempts} failed sign-ins: counted ${below.counted}, no alert; ${at.value}: ${saidOf(at)}; ${saidOf(mfa)}`,
          text(
            "A surge of failed sign-ins and a change of MFA are told, less than a surge is not.",
            "ログイン失敗の急増と MFA の変更は通知され、しきい値未満では通知されません。",
          ),
        ),
      "sign_ins_not_told",
      `${faults.length} faults`,
      REMEDY,
    );
  },
  mutants() {
    const told: Notified = { event: "e", seconds: 5, correlated: true, page: "delivered" };
    const good: Authentication = {
      threshold: 10,
      below: { attempts: 9, counted: 9, fired: false },
      at: { ...told, attempts: 10, value: 10 },
      mfa: told,
    };
    return {
      "fires one too early": { ...good, below: { ...good.below, fired: true } },
      "failed sign-ins are not recorded": { ...good, below: { ...good.below, counted: 0 } },
      "nothing was counted": { ...good, below: { ...good.below, counted: null } },
      "no alert at the threshold": { ...good, at: { ...good.at, seconds: null, page: null } },
      "counted below the threshold": { ...good, at: { ...good.at, value: 9 } },
      "MFA is not told": { ...good, mfa: { ...told, seconds: null, correlated: false, page: null } },
      "MFA without correlation id": { ...good, mfa: { ...told, correlated: false } },
    };
  },
};

const REMEDY = text(
  "Look at the alert's state and value with `npx toban status`, and at the audit events that it counts.",
  "`npx toban status` でアラートの状態と値を確認し、数えられる監査記録を調べてください。",
);

const notifiedFaults = ({ event, seconds, correlated, page }: Notified): string[] => [
  ...(seconds === null ? [`${event}: no alert within ${ALERT_MS / 1000} s`] : []),
  ...(seconds !== null && !correlated ? [`${event}: the page has no correlation id of it`] : []),
  ...(seconds !== null && page === null ? [`${event}: nothing was sent`] : []),
];
const saidOf = ({ event, seconds, page }: Notified) => `${event}: alert after ${seconds} s, page ${page}`;

async function alertNow(system: ProofSystem, ctx: Ctx, id: string): Promise<AlertView> {
  const alert = (await system.db.tx(ctx, (tx) => listAlerts(tx, system.operations))).find((a) => a.id === id);
  if (!alert) throw new Error(`there is no alert ${id}`);
  return alert;
}
const isFiring = (alert: AlertView) => alert.state === "firing";

/** An alert that fires already could not fire because of the proof. */
async function assertStill(system: ProofSystem, ctx: Ctx, id: string): Promise<void> {
  const { state } = await alertNow(system, ctx, id);
  if (state === "firing" || state === "pending")
    throw new Error(`${id} is ${state} already; try again later`);
}

/** Waits for the alert and, when ids are given, for one of them in its page. */
async function firing(
  system: ProofSystem,
  ctx: Ctx,
  id: string,
  correlationIds: string[],
): Promise<Omit<Notified, "event">> {
  const started = performance.now();
  let firedAt: number | undefined;
  while (performance.now() - started < ALERT_MS) {
    const alert = await alertNow(system, ctx, id);
    if (isFiring(alert)) firedAt ??= performance.now();
    const isSent = alert.page?.state !== "queued";
    if (firedAt !== undefined && (isSent || performance.now() - firedAt > SENDING_MS)) {
      const payload = await system.db.tx(ctx, (tx) => newestPayload(tx, id, "fire"));
      const cause = payload?.cause as { correlationId?: string } | null | undefined;
      return {
        seconds: Math.round((firedAt - started) / 100) / 10,
        correlated: correlationIds.includes(cause?.correlationId ?? ""),
        page: alert.page?.error ?? alert.page?.state ?? null,
      };
    }
    await sleep(LOOK_EVERY_MS);
  }
  return { seconds: null, correlated: false, page: null };
}

async function failToSignIn(system: ProofSystem, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { status } = await system.api({
      path: "/v1/overview",
      headers: { authorization: "Bearer of-a-proof" },
    });
    if (status !== 401) throw new Error(`a wrong token was answered with ${status}`);
  }
}

/** Toban has no second factor of its own; identity providers report theirs as this event. */
async function recordMfaChange(system: ProofSystem, ctx: Ctx): Promise<void> {
  await system.db.tx(ctx, (tx) =>
    record(tx, ctx, {
      action: "mfa.change",
      resource: "person/proof-mfa",
      result: "success",
      details: { method: "proof", enabled: true },
    }),
  );
}
