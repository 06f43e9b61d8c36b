import type { Text } from "@toban/definition";
import type { Ctx } from "../platform/ctx.ts";
import type { Tx } from "../platform/database.ts";

export type Verdict = "pass" | "fail" | "inconclusive";

export type Evidence = {
  id: string;
  commitmentId: string;
  proofId: string;
  /** A person's attestation is weaker than a measurement. */
  grade: "measured" | "attested";
  verdict: Verdict;
  code: string;
  reason: Text;
  remedy: Text;
  /** What was measured, with its unit, for people: "10 → 50 → 100 %". */
  measured: string;
  /** Digest of the proof's parameters and of the value that was due. */
  inputsDigest: string;
  /** Name → digest of everything that the evidence depends on, as it was when measured. */
  dependencies: Record<string, string>;
  toolVersions: Record<string, string>;
  environment: string;
  measuredAt: Date;
  expiresAt: Date;
};

export async function insertEvidence(tx: Tx, ctx: Ctx, evidence: Omit<Evidence, "id">): Promise<void> {
  await tx.query(
    `INSERT INTO toban.evidence
       (tenant_id, id, commitment_id, proof_id, grade, verdict, code, reason, remedy, measured,
        inputs_digest, dependencies, tool_versions, environment, measured_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      ctx.tenant,
      ctx.newId(),
      evidence.commitmentId,
      evidence.proofId,
      evidence.grade,
      evidence.verdict,
      evidence.code,
      JSON.stringify(evidence.reason),
      JSON.stringify(evidence.remedy),
      evidence.measured,
      evidence.inputsDigest,
      JSON.stringify(evidence.dependencies),
      JSON.stringify(evidence.toolVersions),
      evidence.environment,
      evidence.measuredAt,
      evidence.expiresAt,
    ],
  );
}

/** The newest evidence of every commitment and proof in one environment. */
export async function newestEvidence(tx: Tx, environment: string): Promise<Evidence[]> {
  return tx.query<Evidence>(
    `SELECT DISTINCT ON (commitment_id, proof_id)
            id, commitment_id AS "commitmentId", proof_id AS "proofId", grade, verdict, code, reason, remedy,
            measured, inputs_digest AS "inputsDigest", dependencies, tool_versions AS "toolVersions",
            environment, measured_at AS "measuredAt", expires_at AS "expiresAt"
     FROM toban.evidence WHERE environment = $1
     ORDER BY commitment_id, proof_id, measured_at DESC, id DESC`,
    [environment],
  );
}

export async function insertMutantSeenRed(tx: Tx, ctx: Ctx, kind: string, version: string): Promise<void> {
  await tx.query(
    `INSERT INTO toban.proof_mutants (tenant_id, proof_kind, version, seen_red_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING`,
    [ctx.tenant, kind, version, ctx.clock.now()],
  );
}

/** Kinds of proof whose mutant was seen red with this version of the code. */
export async function mutantsSeenRed(tx: Tx, version: string): Promise<Set<string>> {
  const rows = await tx.query<{ kind: string }>(
    "SELECT proof_kind AS kind FROM toban.proof_mutants WHERE version = $1",
    [version],
  );
  return new Set(rows.map((row) => row.kind));
}
