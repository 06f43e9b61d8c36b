import { db } from "./db.js";

/**
 * Approves a request for the whole amount.
 * @businessEvent request.approved
 */
export async function approve(id: string, by: string) {
  await db.query("UPDATE requests SET state = $1, approved_by = $2 WHERE id = $3", ["approved", by, id]);
}
