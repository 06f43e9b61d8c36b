import { mutantsSeenRed, newestEvidence } from "../evidence/index.ts";
import type { Ctx } from "../platform/ctx.ts";
import { currentDependencies, type ProveDeps } from "./prove.ts";
import { countStates, type RegisterRow, registerRows } from "./register.ts";
import type { CommitmentState } from "./state.ts";

export type CommitmentsView = {
  counts: Record<CommitmentState, number>;
  total: number;
  commitments: RegisterRow[];
};

/** The register as it stands now. */
export async function commitmentsView<Environment>(
  deps: ProveDeps<Environment>,
  ctx: Ctx,
): Promise<CommitmentsView> {
  const names = [...new Set(deps.operations.proofs.flatMap((proof) => proof.dependsOn))];
  const dependencies = await currentDependencies(deps, ctx, names);
  const [evidence, seenRed] = await deps.db.tx(ctx, async (tx) => [
    await newestEvidence(tx, deps.environment),
    await mutantsSeenRed(tx, deps.version),
  ]);
  const commitments = registerRows({
    operations: deps.operations,
    evidence,
    dependencies,
    mutantsSeenRed: seenRed,
    now: ctx.clock.now(),
  });
  return { counts: countStates(commitments), total: commitments.length, commitments };
}
