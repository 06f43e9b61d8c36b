const amqp = require("amqplib");
const { pool } = require("./db");

async function main(url) {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue("stock");
  channel.consume("stock", async (msg) => {
    const { sku, quantity } = JSON.parse(msg.content.toString());
    await pool.query("UPDATE stock SET quantity = quantity - $1 WHERE sku = $2", [quantity, sku]);
    channel.ack(msg);
  });
}
module.exports = { main };
