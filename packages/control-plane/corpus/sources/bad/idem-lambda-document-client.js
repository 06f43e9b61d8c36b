const AWS = require("aws-sdk");
const ddb = new AWS.DynamoDB.DocumentClient({ httpOptions: { timeout: 2000 } });
const { v4: uuid } = require("uuid");

exports.handler = async (event) => {
  const body = JSON.parse(event.body);
  const id = uuid();
  await ddb.put({ TableName: process.env.TABLE, Item: { id, amount: body.amount, createdAt: event.requestContext.timeEpoch } }).promise();
  return { statusCode: 201, body: JSON.stringify({ id }) };
};
