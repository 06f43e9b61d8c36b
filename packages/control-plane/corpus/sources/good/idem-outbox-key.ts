import type { Kysely } from "kysely";
import type { DB } from "./db.js";
import { logger } from "./logger.js";

export async function approve(db: Kysely<DB>, requestId: string, actorId: string, version: number) {
  await db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable("requests")
      .set({ status: "approved", version: version + 1 })
      .where("id", "=", requestId)
      .where("version", "=", version)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return;
    await trx.insertInto("outbox").values({ key: `${requestId}:${version}`, type: "request.approved" }).onConflict((oc) => oc.column("key").doNothing()).execute();
  });
  logger.info({ requestId, actorId }, "request approved");
}
