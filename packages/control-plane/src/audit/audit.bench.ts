// What the audit log costs and how fast it is checked and searched: PostgreSQL with durable settings, everything in it.
import { fileURLToPath } from "node:url";
import { benchKill } from "./bench/kill.ts";
import { benchSearch } from "./bench/search.ts";
import { startBenchServer } from "./bench/server.ts";
import { benchTransactions } from "./bench/transactions.ts";
import { benchVerification } from "./bench/verification.ts";

export async function bench(): Promise<Record<string, number>> {
  const server = await startBenchServer();
  try {
    return {
      ...(await benchTransactions(server)),
      ...(await benchVerification(server)),
      ...(await benchSearch(server)),
      ...(await benchKill(server)),
    };
  } finally {
    await server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, value] of Object.entries(await bench())) console.log(`${name}\t${value.toFixed(2)}`);
}
