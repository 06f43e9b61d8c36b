import type { SQSEvent } from "aws-lambda";
import { paymentGateway } from "./gateway";

export const handler = async (event: SQSEvent) => {
  for (const record of event.Records) {
    const order = JSON.parse(record.body);
    await paymentGateway.charge({ customer: order.customerId, amount: order.amount });
  }
};
