import { makeIdempotent, IdempotencyConfig } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { SQSRecord, SQSHandler } from "aws-lambda";
import { prisma } from "./prisma.js";

const persistenceStore = new DynamoDBPersistenceLayer({ tableName: "idempotency" });
const processRecord = makeIdempotent(
  async (record: SQSRecord) => {
    const { userId, points } = JSON.parse(record.body);
    await prisma.wallet.update({ where: { userId }, data: { points: { increment: points } } });
  },
  { persistenceStore, config: new IdempotencyConfig({ eventKeyJmesPath: "messageId" }) },
);

export const handler: SQSHandler = async (event) => {
  for (const record of event.Records) await processRecord(record);
};
