import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { randomUUID } from "node:crypto";
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";

const ddb = DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: { requestTimeout: 2000 } }));

// POST /orders
export const handler: APIGatewayProxyHandlerV2 = async (event) => {
  const body = JSON.parse(event.body ?? "{}");
  const id = randomUUID();
  await ddb.send(new PutCommand({ TableName: process.env.ORDERS_TABLE, Item: { id, ...body, status: "NEW" } }));
  console.log(JSON.stringify({ msg: "order created", id }));
  return { statusCode: 201, body: JSON.stringify({ id }) };
};
