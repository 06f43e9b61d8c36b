import { record } from "../audit/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";
import { invalid, type Refusal } from "../platform/errors.ts";
import type { Finding, Verdict } from "./finding.ts";
import type { Report } from "./report.ts";
import { insertVerdict, newestVerdict } from "./store.ts";

/** What is kept of a report: enough to say why, and with what it was made. */
export type RecordedReport = {
  /** Name and version of what made it. */
  tool: string;
  families: string[];
  files: number;
  counts: { block: number; undecided: number; warn: number; info: number; waived: number; known: number };
  /** Those that decided the verdict, at most 50. */
  findings: {
    code: string;
    severity: Finding["severity"];
    path: string;
    line: number;
    reason: Finding["reason"];
  }[];
};

export type RecordedVerdict = {
  id: string;
  service: string;
  version: string;
  digest: string;
  verdict: Verdict;
  report: RecordedReport;
  recordedBy: string;
  recordedAt: Date;
};

/** What a gate said of a release may have changed since: new advisories, ended waivers, a newer ledger. */
export const VERDICT_DAYS = 30;

const KEPT_FINDINGS = 50;

/** What of a report is sent to the control plane. */
export function recordable(report: Report, families: string[], tool: string): RecordedReport {
  const count = (severity: Finding["severity"]) =>
    report.findings.filter((f) => f.severity === severity && !f.undecided).length;
  return {
    tool,
    families,
    files: report.files.length,
    counts: {
      block: count("block"),
      undecided: report.findings.filter((f) => f.undecided).length,
      warn: count("warn"),
      info: count("info"),
      waived: report.waived.length,
      known: report.known,
    },
    findings: [
      ...report.findings.filter((f) => f.severity === "block" && !f.undecided),
      ...report.findings.filter((f) => f.undecided),
    ]
      .slice(0, KEPT_FINDINGS)
      .map(({ code, severity, path, line, reason }) => ({ code, severity, path, line, reason })),
  };
}

/**
 * Stores what the gate said of the files that `digest` names. The verdict follows from the report's counts, whatever
 * its sender calls it. Throws `invalid` for a report that has looked at nothing.
 */
export async function recordVerdict(
  tx: Tx,
  ctx: Ctx,
  input: { service: string; version: string; digest: string; report: RecordedReport },
): Promise<RecordedVerdict> {
  const { service, version, digest, report } = input;
  if (report.files === 0 || report.families.length === 0) {
    throw invalid(
      "gate_report_empty",
      "The report has looked at no file.",
      "Run `toban check` where the sources of the release are.",
    );
  }
  const { block, undecided } = report.counts;
  const verdict = {
    id: ctx.newId(),
    service,
    version,
    digest,
    verdict: block > 0 ? ("fail" as const) : undecided > 0 ? ("inconclusive" as const) : ("pass" as const),
    report,
    recordedBy: `${ctx.actor.kind}:${ctx.actor.id}`,
    recordedAt: ctx.clock.now(),
  };
  await insertVerdict(tx, ctx, verdict);
  await record(tx, ctx, {
    class: "operation",
    action: "gate.record",
    resource: `service/${service}`,
    result: "success",
    details: {
      gate: verdict.id,
      version,
      digest,
      verdict: verdict.verdict,
      tool: report.tool,
      files: report.files,
    },
  });
  return verdict;
}

/** The verdict that lets a release in, or why there is none. */
export type GateAnswer = { passed: true; verdict: string } | ({ passed: false } & Refusal);

/** Whether the gate lets the files named by `digest` into an environment that asks for it. */
export async function askGate(
  tx: Tx,
  ctx: Ctx,
  subject: { service: string; version: string; digest: string },
): Promise<GateAnswer> {
  const { service, version, digest } = subject;
  const newest = await newestVerdict(tx, service, digest);
  return answerOf(newest, { service, version }, ctx.clock.now());
}

export function answerOf(
  newest: RecordedVerdict | undefined,
  subject: { service: string; version: string },
  now: Date,
): GateAnswer {
  const { service, version } = subject;
  const what = `${service} ${version}`;
  const again = `Run \`toban check --record ${service}@${version}\` where its sources are.`;
  const refuse = (code: string, reason: string, remedy: string): GateAnswer => ({
    passed: false,
    code,
    reason,
    remedy,
  });
  if (!newest)
    return refuse("gate_missing", `The change gate has said nothing of the files of ${what}.`, again);
  const days = (now.getTime() - newest.recordedAt.getTime()) / 86_400_000;
  if (newest.verdict === "pass" && days <= VERDICT_DAYS) return { passed: true, verdict: newest.id };
  if (newest.verdict === "pass") {
    return refuse("gate_stale", `What the gate said of ${what} is ${Math.floor(days)} days old.`, again);
  }
  const [first] = newest.report.findings;
  const { block, undecided } = newest.report.counts;
  const example = first ? `, first ${first.code} at ${first.path}:${first.line}` : "";
  return newest.verdict === "fail"
    ? refuse(
        "gate_failed",
        `The change gate refuses ${what}: ${block} blocking findings${example}.`,
        "Fix them and check again; two people may override with `toban deploy … --override-gate REASON`.",
      )
    : refuse(
        "gate_inconclusive",
        `The change gate could not decide on ${what}: ${undecided} findings are open${example}.`,
        `Give it what was missing. ${again}`,
      );
}
