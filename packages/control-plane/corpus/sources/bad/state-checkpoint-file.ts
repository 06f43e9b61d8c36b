import { readFileSync, writeFileSync } from "node:fs";
import { fetchSince } from "./upstream.js";
import { upsertAll } from "./store.js";

const CURSOR = "./data/cursor.json";

export async function importChanges() {
  const { cursor } = JSON.parse(readFileSync(CURSOR, "utf8"));
  const page = await fetchSince(cursor);
  await upsertAll(page.rows);
  writeFileSync(CURSOR, JSON.stringify({ cursor: page.next }));
}
