import type { SQSEvent } from "aws-lambda";
import { db } from "./db";

export const handler = async (event: SQSEvent) => {
  for (const record of event.Records) {
    const { id, state } = JSON.parse(record.body);
    await db.query("UPDATE shipments SET state = $1 WHERE id = $2", [state, id]);
  }
};
