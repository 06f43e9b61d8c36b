import { page } from "./api.js";

export async function all() {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  while (true) {
    const next = await page(cursor);
    rows.push(...next.rows);
    if (!next.cursor) return rows;
    cursor = next.cursor;
  }
}
