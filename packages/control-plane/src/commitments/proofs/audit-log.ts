import { createHash } from "node:crypto";
import { type Report, verifyBundle } from "@toban/verify";
import { fail, pass } from "../proof-kind.ts";
import { refusesEveryChange } from "./store-audit.ts";
import { type Kind, noFaults, type ProofSystem, text } from "./system.ts";

/** What the verifier made of one way of altering an export: whether it named the very place. */
type Attempt = { verdict: string; named: boolean };
type Bundle = { class: string; entries: number; verdict: string; attempts: Record<string, Attempt> };

/** Tables that hold the record itself, and what nobody may do to their rows. The heads of trees move forward. */
const RECORD: Record<string, string[]> = {
  audit_events: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_leaves: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_tiles: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_anchors: ["UPDATE", "DELETE", "TRUNCATE"],
  audit_trees: ["DELETE", "TRUNCATE"],
};

/** Exports what the running system holds, and alters copies of it in each way. */
async function tamperDrill(system: ProofSystem, since: Date, classes: string[]): Promise<Bundle[]> {
  const bundles: Bundle[] = [];
  for (const name of classes) {
    // These grow with use; a day of them is as good as all.
    const period = name === "operation" || name === "access" ? `&from=${since.toISOString()}` : "";
    const { status, body } = await system.api({ path: `/v1/audit/export?class=${name}${period}` });
    if (status === 404) {
      bundles.push({ class: name, entries: 0, verdict: "none", attempts: {} });
      continue;
    }
    if (status !== 200) throw new Error(`the export of ${name} was answered with ${status}`);
    bundles.push(await drill(name, body));
  }
  return bundles;
}

async function drill(name: string, bundle: Buffer): Promise<Bundle> {
  const lines = bundle.toString().split("\n");
  const leaves = lines.flatMap((line, i) => (line.startsWith('{"leaf":') ? [i] : []));
  const intact = await verifyBundle([bundle]);
  const attempts: Record<string, Attempt> = {};
  for (const [way, alter] of Object.entries(WAYS)) {
    const at = leaves[Math.floor((leaves.length - 1) / 2)];
    const altered = at === undefined ? undefined : alter([...lines], at);
    if (!altered) continue;
    const report = await verifyBundle([resealed(altered)]);
    attempts[way] = { verdict: report.verdict, named: names(report, name, seqOf(lines[at!]!)) };
  }
  return { class: name, entries: leaves.length, verdict: intact.verdict, attempts };
}

/** Each changes the leaf in line `at`, or returns nothing when there is no such thing to do. */
const WAYS: Record<string, (lines: string[], at: number) => string[] | undefined> = {
  "one byte altered": (lines, at) => {
    const altered = lines[at]!.replace(
      /(\\"correlationId\\":\\")(.)/,
      (_, before, byte) => before + (byte === "0" ? "1" : "0"),
    );
    return altered === lines[at] ? undefined : lines.with(at, altered);
  },
  "one entry removed": (lines, at) => lines.toSpliced(at, 1),
  "two entries exchanged": (lines, at) => {
    const [one, other] = [lines[at]!, lines[at + 1]!];
    if (!other.startsWith('{"leaf":') || leafOf(one) === leafOf(other)) return undefined;
    return lines.with(at, withLeafOf(other, one)).with(at + 1, withLeafOf(one, other));
  },
};
const SEQ = /,"seq":(\d+)\}$/;
const seqOf = (line: string) => Number(SEQ.exec(line)?.[1]);
const leafOf = (line: string) => line.replace(SEQ, "");
const withLeafOf = (leaf: string, place: string) => leafOf(leaf) + (SEQ.exec(place)?.[0] ?? "");

/** Whoever alters a bundle also makes its digest anew. */
function resealed(lines: string[]): Buffer {
  const end = lines.findIndex((line) => line.startsWith('{"end":'));
  const before = `${lines.slice(0, end).join("\n")}\n`;
  const sha256 = createHash("sha256").update(before).digest("hex");
  const last = lines[end]!.replace(/"sha256":"[0-9a-f]*"/, `"sha256":"${sha256}"`);
  return Buffer.from(`${before}${last}\n`);
}

const names = (report: Report, name: string, seq: number) =>
  report.findings.some((finding) => finding.class === name && finding.seq === seq);

function bundleFaults(bundles: Bundle[]): string[] {
  return bundles.flatMap(({ class: name, entries, verdict, attempts }) => [
    ...(entries > 0 ? [] : [`${name} has no sealed entry`]),
    ...(entries === 0 || verdict === "valid" ? [] : [`the export of ${name} is ${verdict} as it is`]),
    ...Object.entries(attempts)
      .filter(([, attempt]) => attempt.verdict === "valid" || !attempt.named)
      .map(
        ([way, attempt]) => `${name}, ${way}: ${attempt.verdict}${attempt.named ? "" : ", place not named"}`,
      ),
  ]);
}

const triedOf = (bundles: Bundle[]) => new Set(bundles.flatMap(({ attempts }) => Object.keys(attempts)));
const untried = (bundles: Bundle[]) =>
  Object.keys(WAYS)
    .filter((way) => !triedOf(bundles).has(way))
    .map((way) => `not tried: ${way}`);

const attemptsAs = (attempt: Attempt) =>
  Object.fromEntries(Object.keys(WAYS).map((way) => [way, attempt])) as Record<string, Attempt>;
const GOOD: Attempt = { verdict: "invalid", named: true };
const bundleOf = (name: string, more: Partial<Bundle> = {}): Bundle => ({
  ...{ class: name, entries: 9, verdict: "valid", attempts: attemptsAs(GOOD) },
  ...more,
});

const REMEDY = text(
  "Run `npx toban audit verify`, and correct the permission or the verifier that is named.",
  "`npx toban audit verify` を実行し、示された権限または検証を直してください。",
);
const yesterday = (ctx: { clock: { now(): Date } }) => new Date(ctx.clock.now().getTime() - 86_400_000);
const classesOf = (parameters: Record<string, unknown>) => parameters.classes as string[];

type AppendOnly = { refused: Record<string, boolean>; bundles: Bundle[] };

/**
 * The application's own role is refused every UPDATE, DELETE and TRUNCATE of the record, and a copy of the record with
 * an edit, a gap or a change of order does not verify. `parameters.classes`: of the audit log.
 */
export const auditAppendOnly: Kind<AppendOnly> = {
  kind: "audit.append-only",
  async measure(system, ctx, parameters) {
    return {
      refused: await refusesEveryChange(system.db, ctx, RECORD),
      bundles: await tamperDrill(system, yesterday(ctx), classesOf(parameters)),
    };
  },
  judge({ refused, bundles }, _commitment, parameters) {
    const due = Object.entries(RECORD).flatMap(([table, statements]) =>
      statements.map((s) => `${table}: ${s}`),
    );
    const faults = [
      ...due.filter((change) => refused[change] !== true).map((change) => `${change} is not refused`),
      ...classesOf(parameters)
        .filter((name) => !bundles.some((bundle) => bundle.class === name))
        .map((name) => `${name} was not exported`),
      ...bundleFaults(bundles),
      ...untried(bundles),
    ];
    const entries = bundles.reduce((sum, bundle) => sum + bundle.entries, 0);
    return noFaults(
      faults,
      () =>
        pass(
          `${due.length} changes refused on ${Object.keys(RECORD).length} tables; of ${entries} entries, each edit, removal and exchange was found`,
          text("The record only grows.", "監査記録は追記しかできません。"),
        ),
      "record_can_change",
      `${faults.length} faults`,
      REMEDY,
    );
  },
  mutants(_commitment, parameters) {
    const bundles = classesOf(parameters).map((name) => bundleOf(name));
    const refused = Object.fromEntries(
      Object.entries(RECORD).flatMap(([table, statements]) =>
        statements.map((s) => [`${table}: ${s}`, true]),
      ),
    );
    const [first, ...others] = bundles;
    const altered = (way: string, attempt: Attempt) => ({
      refused,
      bundles: [bundleOf(first!.class, { attempts: { ...attemptsAs(GOOD), [way]: attempt } }), ...others],
    });
    return {
      "an event may be updated": { refused: { ...refused, "audit_events: UPDATE": false }, bundles },
      "leaves may be truncated": { refused: { ...refused, "audit_leaves: TRUNCATE": false }, bundles },
      "a table was forgotten": {
        refused: { ...refused, "audit_tiles: DELETE": undefined as never },
        bundles,
      },
      "an edit is not found": altered("one byte altered", { verdict: "valid", named: false }),
      "a removal is not found": altered("one entry removed", { verdict: "valid", named: false }),
      "an exchange is not found": altered("two entries exchanged", { verdict: "valid", named: false }),
      "nothing was exported": { refused, bundles: [] },
      "an empty log": { refused, bundles: bundles.map((b) => ({ ...b, entries: 0, attempts: {} })) },
    };
  },
};

type TamperEvident = { bundles: Bundle[] };

/**
 * The tamper drill: exports of the running system verify; with one byte altered the verifier names the row. Classes of
 * permissions, administration and authentication all have to be in it.
 */
export const auditTamperEvident: Kind<TamperEvident> = {
  kind: "audit.tamper-evident",
  async measure(system, ctx, parameters) {
    return { bundles: await tamperDrill(system, yesterday(ctx), classesOf(parameters)) };
  },
  judge({ bundles }, _commitment, parameters) {
    const missing = classesOf(parameters).filter((name) => !bundles.some((bundle) => bundle.class === name));
    const unaltered = bundles.filter(
      ({ entries, attempts }) => entries > 0 && !("one byte altered" in attempts),
    );
    const faults = [
      ...missing.map((name) => `${name} was not exported`),
      ...bundleFaults(bundles),
      ...unaltered.map(({ class: name }) => `no byte of ${name} was altered`),
    ];
    if (faults.length > 0) {
      return fail(
        "tampering_unseen",
        `${faults.length} faults`,
        text(faults.join("; "), faults.join("; ")),
        REMEDY,
      );
    }
    const entries = bundles.map((bundle) => `${bundle.class} ${bundle.entries}`).join(", ");
    return pass(
      `sealed entries: ${entries}; one byte altered in each class: the verifier named the entry`,
      text("Tampering is found and its place is named.", "改ざんは検知され、その箇所が示されます。"),
    );
  },
  mutants(_commitment, parameters) {
    const bundles = classesOf(parameters).map((name) => bundleOf(name));
    const [first, ...others] = bundles;
    const change = (more: Partial<Bundle>) => ({ bundles: [bundleOf(first!.class, more), ...others] });
    const byte = (attempt: Attempt) =>
      change({ attempts: { ...attemptsAs(GOOD), "one byte altered": attempt } });
    return {
      "an altered byte is not found": byte({ verdict: "valid", named: false }),
      "the entry is not named": byte({ verdict: "invalid", named: false }),
      "nothing was altered": change({ attempts: {} }),
      "the log does not verify": change({ verdict: "invalid" }),
      "a class has no entry": change({ entries: 0, attempts: {} }),
      "a class is missing": { bundles: others },
    };
  },
};
