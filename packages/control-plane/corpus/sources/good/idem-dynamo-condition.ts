import type { APIGatewayProxyEvent } from "aws-lambda";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { documents } from "./client.js";

export const handler = async (event: APIGatewayProxyEvent) => {
  const { id, total } = JSON.parse(event.body ?? "{}");
  try {
    await documents.send(new PutCommand({ TableName: "orders", Item: { id, total }, ConditionExpression: "attribute_not_exists(id)" }));
  } catch (error) {
    if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
  }
  return { statusCode: 204 };
};
