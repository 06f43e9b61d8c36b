import type { Ctx } from "../../platform/ctx.ts";
import type { Database } from "../../platform/database.ts";
import type { RoleLevel } from "../permissions.ts";
import { addPerson, erasePerson, removePerson } from "./people.ts";

/** Somebody who exists while `work` runs: proofs act as a person of a level, and leave nobody behind. */
export async function withProofPerson<T>(
  db: Database,
  ctx: Ctx,
  id: string,
  level: RoleLevel,
  work: (id: string) => Promise<T>,
): Promise<T> {
  const access = { level: 6, standing: "machine" } as const;
  await db.tx(ctx, async (tx) => {
    // Of a proof that was killed.
    await erasePerson(tx, id);
    await addPerson(tx, ctx, access, { id, name: "Proof", level });
  });
  try {
    return await work(id);
  } finally {
    await db.tx(ctx, async (tx) => {
      await removePerson(tx, ctx, access, id);
      await erasePerson(tx, id);
    });
  }
}
