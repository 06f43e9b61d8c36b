import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Table } from "./rows.ts";

// A segment is a row of records: u32 length, u32 CRC-32, u8 table, payload (lines of JSON).

const HEADER = 9;
const TABLES: readonly Table[] = ["spans", "points", "logs"];

export function encodeRecord(table: Table, lines: string[]): Buffer {
  const payload = Buffer.from(`${lines.join("\n")}\n`);
  const record = Buffer.allocUnsafe(HEADER + payload.length);
  record.writeUInt32BE(payload.length, 0);
  record.writeUInt8(TABLES.indexOf(table), 8);
  payload.copy(record, HEADER);
  record.writeUInt32BE(crc32(record.subarray(8)), 4);
  return record;
}

/**
 * The payloads of a segment by table, and how many bytes at its end are no whole record. A process
 * killed while writing leaves such a tail; nobody was told that it was accepted.
 */
export async function readSegment(
  file: string,
): Promise<{ payloads: Map<Table, Buffer[]>; tornBytes: number }> {
  const bytes = await readFile(file);
  const payloads = new Map<Table, Buffer[]>();
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const end = at + HEADER + bytes.readUInt32BE(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32BE(at + 4)) break;
    const table = TABLES[bytes[at + 8]!];
    if (!table) break;
    const list = payloads.get(table) ?? [];
    list.push(bytes.subarray(at + HEADER, end));
    payloads.set(table, list);
    at = end;
  }
  return { payloads, tornBytes: bytes.length - at };
}
