const { db } = require("./db");

async function apply(event) {
  await db.collection("balances").updateOne({ _id: event.account }, { $inc: { amount: event.amount } });
}

exports.run = (consumer) =>
  consumer.run({
    eachBatch: async ({ batch, resolveOffset }) => {
      for (const message of batch.messages) {
        await apply(JSON.parse(message.value));
        resolveOffset(message.offset);
      }
    },
  });
