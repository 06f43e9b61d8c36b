import { pool } from "./db.js";

export async function reload(rows: [string, number][]) {
  const client = await pool.connect();
  try {
    await client.query("TRUNCATE rates_staging");
    for (const row of rows) await client.query("INSERT INTO rates_staging (code, rate) VALUES ($1, $2)", row);
    await client.query("BEGIN");
    await client.query("ALTER TABLE rates RENAME TO rates_old");
    await client.query("ALTER TABLE rates_staging RENAME TO rates");
    await client.query("ALTER TABLE rates_old RENAME TO rates_staging");
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
