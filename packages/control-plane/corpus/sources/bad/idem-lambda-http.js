const { PutCommand } = require("@aws-sdk/lib-dynamodb");
const { randomUUID } = require("node:crypto");
const { documents } = require("./client");

exports.handler = async (event) => {
  const body = JSON.parse(event.body);
  await documents.send(new PutCommand({ TableName: "orders", Item: { id: randomUUID(), total: body.total } }));
  return { statusCode: 201 };
};
