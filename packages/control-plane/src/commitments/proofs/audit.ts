import { type AuditRow, record, search } from "../../audit/index.ts";
import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import { releases } from "../../rollout/index.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

const FIELDS = ["ts", "tenantId", "actorId", "action", "resource", "result", "correlationId"] as const;
type Fields = {
  records: number;
  actions: string[];
  lacking: { action: string; field: string }[];
  /** Fields without which the store took a record. */
  acceptedWithout: string[];
  /** Whether it takes the same record when it is whole: else refusing the others says nothing. */
  takesWhole: boolean;
};

/**
 * Every stored record has every field, and the store takes none that lacks one. `sourceIp` only has to be there
 * where somebody asked from an address.
 */
export const auditFields: Kind<Fields> = {
  kind: "audit.fields",
  async measure(system, ctx) {
    const rows = await system.db.tx(ctx, (tx) => search(tx, { limit: 1_000 }));
    const acceptedWithout: string[] = [];
    for (const [field, broken] of Object.entries(BROKEN)) {
      if (await takes(system.db, ctx, broken)) acceptedWithout.push(field);
    }
    return {
      records: rows.length,
      actions: [...new Set(rows.map(({ action }) => action))].sort(),
      lacking: rows.flatMap((row) => faultsOf(row).map((field) => ({ action: row.action, field }))),
      acceptedWithout,
      takesWhole: await takes(system.db, ctx, {}),
    };
  },
  judge({ records, actions, lacking, acceptedWithout, takesWhole }) {
    const faults = [
      ...new Set(lacking.map(({ action, field }) => `${action} lacks ${field}`)),
      ...acceptedWithout.map((field) => `a record without ${field} is taken`),
      ...(takesWhole ? [] : ["a whole record is refused"]),
      ...(records > 0 ? [] : ["there is no record"]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `${records} records of ${actions.length} actions, ${FIELDS.length} fields each; ${Object.keys(BROKEN).length} incomplete ones refused`,
          text("No record is incomplete.", "不完全な監査記録はありません。"),
        ),
      "field_missing",
      `${faults.length} faults in ${records} records`,
      text("Record it with a complete context.", "必要な文脈をそろえて記録してください。"),
    );
  },
  mutants: () => ({
    ...Object.fromEntries(
      [...FIELDS, "sourceIp"].map((field) => [
        `a record without ${field}`,
        { ...WHOLE, lacking: [{ action: "a.b", field }] },
      ]),
    ),
    "the store takes anything": { ...WHOLE, acceptedWithout: ["actorId"] },
    "the store takes nothing": { ...WHOLE, takesWhole: false },
    "no records": { ...WHOLE, records: 0, actions: [] },
  }),
};

const WHOLE: Fields = { records: 1, actions: ["a.b"], lacking: [], acceptedWithout: [], takesWhole: true };

/** Each lacks one thing; written in a transaction that is always taken back. */
const EVENT = { action: "proof.run", resource: "proof/audit", result: "success" } as const;
const without = (part: object) => part as never;
const BROKEN: Record<string, { ctx?: object; event?: object }> = {
  ts: { ctx: { clock: { nowMicros: () => null } } },
  tenantId: { ctx: { tenant: null } },
  actorId: { ctx: { actor: undefined } },
  action: { event: { action: null } },
  resource: { event: { resource: null } },
  result: { event: { result: null } },
  correlationId: { ctx: { correlationId: null } },
};

class TakenBack extends Error {}

async function takes(db: Database, ctx: Ctx, broken: { ctx?: object; event?: object }): Promise<boolean> {
  try {
    await db.tx(ctx, async (tx) => {
      await record(tx, without({ ...ctx, ...broken.ctx }), without({ ...EVENT, ...broken.event }));
      throw new TakenBack();
    });
  } catch (error) {
    return error instanceof TakenBack;
  }
  return true;
}

function faultsOf(row: AuditRow): string[] {
  const fields = FIELDS.filter((field) => !row[field]);
  return [
    ...fields,
    ...(row.actorId.includes("undefined") ? ["actorId"] : []),
    // Whoever asks over HTTP has an address; tasks of the control plane have none.
    ...(row.sourceIp === null && !row.actorId.startsWith("task:") && !row.actorId.startsWith("run:")
      ? ["sourceIp"]
      : []),
  ];
}

type Told = { when: string; who: string; tenant: string; what: string; which: string; outcome: string };
type Reconstruction = { script: Told[]; told: Told[] };

/**
 * The deployments of this system told twice: by the release ledger, and from audit records alone. Both have to
 * tell the same: who, when, in which tenant, what, and with what outcome.
 */
export const auditReconstruction: Kind<Reconstruction> = {
  kind: "audit.reconstruction",
  async measure(system, ctx) {
    const { ledger, audit } = await system.db.tx(ctx, async (tx) => ({
      ledger: await releases(tx, { limit: 50 }),
      audit: await search(tx, { limit: 1_000 }),
    }));
    const ended = ledger.filter(({ result, endedAt }) => result !== null && endedAt !== null);
    const bySecond = (at: string) => `${at.slice(0, 19)}Z`;
    const script = ended.map((row) => ({
      ...{ when: bySecond(row.startedAt), who: row.requestedBy, tenant: ctx.tenant, what: row.kind },
      ...{ which: `service/${row.service} ${row.version}`, outcome: row.result ?? "" },
    }));
    const told = ended.flatMap((row) => {
      const records = audit.filter(({ details }) => details.run === row.runId);
      const begun = records.filter(({ action }) => /^rollout\.(deploy|rollback)$/.test(action)).at(-1);
      const end = records.find(({ action }) => action === "rollout.end");
      if (!begun || !end) return [];
      return [
        {
          ...{ when: bySecond(begun.ts), who: begun.actorId, tenant: begun.tenantId },
          ...{ what: begun.action.split(".")[1] ?? "", which: `${begun.resource} ${begun.details.version}` },
          outcome: String(end.details.ledger ?? ""),
        },
      ];
    });
    return { script, told };
  },
  judge({ script, told }) {
    const faults = script.flatMap((entry) => {
      const match = told.find((other) => sameStory(entry, other));
      return match
        ? []
        : [`the records do not tell: ${entry.who} ${entry.what} ${entry.which}: ${entry.outcome}`];
    });
    if (script.length === 0) faults.push("nothing has happened yet");
    return noFaults(
      faults,
      () =>
        pass(
          `${script.length} of ${script.length} operations reconstructed`,
          text("The records alone tell what happened.", "監査記録だけで経緯を再現できます。"),
        ),
      "not_reconstructable",
      `${script.length - faults.length} of ${script.length} operations`,
      text("Record the operation in its transaction.", "操作と同じトランザクションで記録してください。"),
    );
  },
  mutants() {
    const entry: Told = {
      ...{ when: "2026-01-01T00:00:00Z", who: "person:a", tenant: "t", what: "deploy" },
      ...{ which: "service/web 2", outcome: "succeeded" },
    };
    return {
      "no record": { script: [entry], told: [] },
      "another actor": { script: [entry], told: [{ ...entry, who: "person:b" }] },
      "another tenant": { script: [entry], told: [{ ...entry, tenant: "u" }] },
      "another outcome": { script: [entry], told: [{ ...entry, outcome: "failed" }] },
      "an hour later": { script: [entry], told: [{ ...entry, when: "2026-01-01T01:00:00Z" }] },
      "nothing happened": { script: [], told: [] },
    };
  },
};

const sameStory = (a: Told, b: Told) =>
  a.who === b.who &&
  a.tenant === b.tenant &&
  a.what === b.what &&
  a.which === b.which &&
  a.outcome === b.outcome &&
  Math.abs(Date.parse(a.when) - Date.parse(b.when)) <= 2_000;
