import { type Commitment, digestOf, type Operations, type Proof, type Text } from "@toban/definition";
import { record } from "../audit/index.ts";
import { insertEvidence, insertMutantSeenRed, type Verdict } from "../evidence/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import type { Database } from "../platform/database.ts";
import { notFound, refusalOf } from "../platform/errors.ts";
import { inconclusive, type Judgement, type ProofKind } from "./proof-kind.ts";
import { inputsDigest } from "./register.ts";

export type ProveDeps<Environment> = {
  db: Database;
  operations: Operations;
  environment: string;
  /** What proofs may touch of the running system. */
  system: Environment;
  kinds: Record<string, ProofKind<Environment>>;
  /** Digest of each live release and other things outside the definition, by name ("release:bff"). */
  outsideDependencies(ctx: Ctx): Promise<Record<string, string>>;
  /** Version of Toban's code: mutants are seen red anew for each. */
  version: string;
};

export type ProofResult = {
  proof: string;
  commitment: string;
  verdict: Verdict;
  measured: string;
  reason: Text;
  remedy: Text;
};

/**
 * Runs proofs now and stores evidence for each commitment that they name. `ids` are ids of
 * commitments or proofs; none means all. A proof that throws is `inconclusive`, never skipped.
 */
export async function prove<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
  ids: string[] = [],
): Promise<ProofResult[]> {
  const proofs = selectProofs(deps.operations, ids);
  const results: ProofResult[] = [];
  for (const proof of proofs) results.push(...(await runProof(deps, ctx, proof)));
  return results;
}

/**
 * One proof that nobody asked for. What could not be measured yet is not written as evidence: a
 * commitment that was never proven stays unproven instead of failing.
 */
export async function proveUnattended<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
  proof: Proof,
): Promise<ProofResult[]> {
  return runProof(deps, ctx, proof, { keepInconclusive: false });
}

function selectProofs(operations: Operations, ids: string[]): Proof[] {
  for (const id of ids) {
    const known = operations.proofs.some((proof) => proof.id === id || proof.proves.includes(id));
    if (known) continue;
    const exists = operations.registers.some((register) => register.commitments.some((c) => c.id === id));
    throw notFound(
      exists ? "proof_missing" : "commitment_not_found",
      exists ? `No proof names ${id}.` : `There is no commitment or proof ${id}.`,
      exists
        ? "Add a proof to the definition; docs/guides/adding-a-proof.md shows how."
        : "See `npx toban commitments`.",
    );
  }
  if (ids.length === 0) return operations.proofs;
  return operations.proofs.filter((p) => ids.includes(p.id) || p.proves.some((id) => ids.includes(id)));
}

async function runProof<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
  proof: Proof,
  { keepInconclusive } = { keepInconclusive: true },
): Promise<ProofResult[]> {
  const { operations } = deps;
  const commitments = operations.registers
    .flatMap((register) => register.commitments)
    .filter((commitment) => proof.proves.includes(commitment.id));
  const kind = deps.kinds[proof.kind];
  const judged = kind
    ? await measureAndJudge(deps, kind, ctx, proof, commitments)
    : commitments.map(() => unknownKind(proof));
  const dependencies = await dependencyDigests(deps, ctx, proof.dependsOn);
  const measuredAt = ctx.clock.now();
  await deps.db.tx(ctx, async (tx) => {
    for (const [index, commitment] of commitments.entries()) {
      if (judged[index]!.verdict === "inconclusive" && !keepInconclusive) continue;
      await insertEvidence(tx, ctx, {
        ...judged[index]!,
        commitmentId: commitment.id,
        proofId: proof.id,
        grade: "measured",
        inputsDigest: inputsDigest(proof, commitment),
        dependencies,
        toolVersions: { toban: deps.version, node: process.versions.node },
        environment: deps.environment,
        measuredAt,
        expiresAt: new Date(measuredAt.getTime() + proof.expiresAfter.ms),
      });
    }
    await record(tx, ctx, {
      class: "operation",
      action: "proof.run",
      resource: `proof/${proof.id}`,
      result: judged.every((j) => j.verdict === "pass") ? "success" : "failure",
      details: { commitments: proof.proves },
    });
    if (kind && seenRed(kind, proof, commitments))
      await insertMutantSeenRed(tx, ctx, kind.kind, deps.version);
  });
  return commitments.map((commitment, index) => {
    const { verdict, measured, reason, remedy } = judged[index]!;
    return { proof: proof.id, commitment: commitment.id, verdict, measured, reason, remedy };
  });
}

async function measureAndJudge<Environment>(
  deps: ProveDeps<Environment>,
  kind: ProofKind<Environment>,
  ctx: Ctx,
  proof: Proof,
  commitments: Commitment[],
): Promise<Judgement[]> {
  try {
    const measurement = await kind.measure(deps.system, ctx, proof.parameters);
    return commitments.map((commitment) => kind.judge(measurement, commitment, proof.parameters));
  } catch (error) {
    ctx.log.warn({ proof: proof.id, error }, "proof could not measure");
    const { reason, remedy } = refusalOf(error);
    return commitments.map(() =>
      inconclusive(
        "not_measured",
        "—",
        { en: `Nothing was measured: ${reason}`, ja: `測定できませんでした: ${reason}` },
        { en: remedy, ja: remedy },
      ),
    );
  }
}

/** True when every mutant of every commitment is judged `fail`. */
export function seenRed<Environment>(
  kind: ProofKind<Environment>,
  proof: Proof,
  commitments: Commitment[],
): boolean {
  return commitments.every((commitment) => {
    const mutants = Object.values(kind.mutants(commitment, proof.parameters));
    return (
      mutants.length > 0 &&
      mutants.every((mutant) => kind.judge(mutant, commitment, proof.parameters).verdict === "fail")
    );
  });
}

async function dependencyDigests<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
  names: string[],
): Promise<Record<string, string>> {
  const all = await currentDependencies(deps, ctx, names);
  return Object.fromEntries(names.map((name) => [name, all[name] ?? "none"]));
}

/** Digests, as they are now, of definition parts and of what lies outside the definition. */
export async function currentDependencies<Environment>(
  deps: Pick<ProveDeps<Environment>, "operations" | "outsideDependencies">,
  ctx: Ctx,
  names: string[],
): Promise<Record<string, string>> {
  const outside = await deps.outsideDependencies(ctx);
  return Object.fromEntries(
    names.map((name) => [name, outside[name] ?? digestOf(deps.operations, name) ?? "none"]),
  );
}

const unknownKind = (proof: Proof): Judgement =>
  inconclusive(
    "proof_kind_unknown",
    "—",
    { en: `There is no proof of kind ${proof.kind}.`, ja: `${proof.kind} という種類の証明はありません。` },
    { en: "Correct `kind` in the definition.", ja: "定義の kind を直してください。" },
  );
