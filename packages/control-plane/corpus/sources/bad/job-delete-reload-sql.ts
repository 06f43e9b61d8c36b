import { pool } from "./db.js";
import { fetchRates } from "./rates.js";

export async function refreshRates() {
  const rates = await fetchRates();
  await pool.query("DELETE FROM exchange_rates");
  for (const rate of rates) {
    await pool.query("INSERT INTO exchange_rates (code, rate) VALUES ($1, $2)", [rate.code, rate.rate]);
  }
}
