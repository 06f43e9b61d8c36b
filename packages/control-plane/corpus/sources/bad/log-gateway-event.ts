import type { APIGatewayProxyEventV2 } from "aws-lambda";
export const handler = async (event: APIGatewayProxyEventV2) => {
  console.log("event", JSON.stringify(event));
  return { statusCode: 200, body: "ok" };
};
