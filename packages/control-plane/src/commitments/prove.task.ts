import type { Operations, Proof } from "@toban/definition";
import type { Ctx } from "../platform/ctx.ts";
import type { Task } from "../platform/tasks.ts";
import { type ProofResult, type ProveDeps, proveUnattended } from "./prove.ts";
import type { RegisterRow } from "./register.ts";
import { commitmentsView } from "./view.ts";

const PERIOD_MS = 2_000;
/** A service that has just started has sent too little to be measured. */
const SETTLE_MS = 45_000;
/** A proof that did not pass is not tried again at once. */
const RETRY_MS = 10 * 60_000;

/**
 * Keeps evidence fresh: one due proof at a time, unattended. Kinds that disturb the service are left
 * to people. Idempotent: another replica's evidence makes a proof no longer due.
 */
export function provingTask<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
  /** Runs `work` alone, or gives nothing when somebody's proofs are running. */
  exclusively: (work: () => Promise<ProofResult[]>) => Promise<ProofResult[]>,
): Task {
  const startedAt = ctx.clock.now().getTime();
  const triedAt = new Map<string, number>();
  return {
    name: "commitments.prove",
    periodMs: PERIOD_MS,
    async run() {
      const now = ctx.clock.now().getTime();
      if (now - startedAt < SETTLE_MS) return;
      const { commitments } = await commitmentsView(deps, ctx);
      const harmless = deps.operations.proofs.filter((proof) => deps.kinds[proof.kind]?.disturbs !== true);
      const due = dueProof(harmless, commitments, (id) => now - (triedAt.get(id) ?? -RETRY_MS) >= RETRY_MS);
      if (!due) return;
      triedAt.set(due.id, now);
      const results = await exclusively(() => proveUnattended(deps, ctx, due));
      const passed = results.length > 0 && results.every((result) => result.verdict === "pass");
      if (passed) triedAt.delete(due.id);
    },
  };
}

/** The first proof that some commitment waits for: never proven, stale or failing, and not just tried. */
export function dueProof(
  proofs: Operations["proofs"],
  rows: Pick<RegisterRow, "id" | "state">[],
  mayTry: (proofId: string) => boolean,
): Proof | undefined {
  const waiting = new Set(
    rows.filter((row) => !["proven", "accepted"].includes(row.state)).map((row) => row.id),
  );
  return proofs.find((proof) => mayTry(proof.id) && proof.proves.some((id) => waiting.has(id)));
}
