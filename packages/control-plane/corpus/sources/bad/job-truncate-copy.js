const { client } = require("./db");

async function importProducts(rows) {
  await client.query("TRUNCATE TABLE products RESTART IDENTITY CASCADE");
  await client.query("INSERT INTO products SELECT * FROM json_populate_recordset(null::products, $1)", [JSON.stringify(rows)]);
}
module.exports = { importProducts };
