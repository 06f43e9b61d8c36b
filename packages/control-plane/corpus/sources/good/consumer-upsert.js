const amqp = require("amqplib");
const { pool } = require("./db");

exports.start = async (channel) => {
  await channel.consume("requests", async (msg) => {
    const request = JSON.parse(msg.content.toString());
    await pool.query(
      "INSERT INTO request_list (id, title) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET title = excluded.title",
      [request.id, request.title],
    );
    channel.ack(msg);
  });
};
