import { meter } from "./telemetry.js";
import { db } from "./db.js";

const approvals = meter.createCounter("approvals");
const approvalCounter = approvals;

/** @businessEvent request.approved */
export async function approve(id: string) {
  await db.query("UPDATE requests SET state = 'approved' WHERE id = $1", [id]);
  approvalCounter.add(1);
}
