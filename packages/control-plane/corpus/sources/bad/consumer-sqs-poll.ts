import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { db } from "./db.js";

export async function poll(client: SQSClient, QueueUrl: string) {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  for (const message of Messages) {
    const event = JSON.parse(message.Body!);
    await db.query("INSERT INTO ledger_entries (account, amount) VALUES ($1, $2)", [event.account, event.amount]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }
}
