import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Table } from "../rows.ts";
import { readSegment } from "../segment.ts";
import type { InsertCall, InsertReply } from "./protocol.ts";

/** The only way to the engine: rows come back as lines of JSON. */
export type Run = (sql: string, params?: Record<string, unknown>) => Promise<Buffer>;

type Column = { name: string; type: string; codec?: string; input?: string; select?: string };

const text = (name: string, codec = "ZSTD(1)"): Column => ({ name, type: "String", codec });
const word = (name: string): Column => ({ name, type: "LowCardinality(String)" });
const time = (name: string): Column => ({
  name,
  type: "DateTime64(9, 'UTC')",
  codec: "Delta, ZSTD(1)",
  input: "Int64",
  select: `fromUnixTimestamp64Nano(${name}, 'UTC')`,
});
const map = (name: string): Column => ({
  name,
  type: "Map(LowCardinality(String), String)",
  codec: "ZSTD(1)",
});
const LABELS = ["service", "env", "route", "status_class", "tenant", "release"].map(word);

const COLUMNS: Record<Table, Column[]> = {
  spans: [
    word("org"),
    time("ts"),
    time("started_at"),
    { name: "duration_ns", type: "UInt64", codec: "T64, ZSTD(1)" },
    ...["trace_id", "span_id", "parent_span_id"].map((name) => text(name)),
    ...["name", "kind", "status"].map(word),
    text("status_message"),
    ...LABELS,
    { name: "failed", type: "UInt8" },
    text("correlation_id"),
    map("attributes"),
    map("resource"),
    text("events"),
  ],
  logs: [
    word("org"),
    time("ts"),
    ...LABELS,
    { name: "severity", type: "UInt8" },
    word("severity_text"),
    text("body"),
    word("event_name"),
    ...["trace_id", "span_id", "correlation_id"].map((name) => text(name)),
    map("attributes"),
    map("resource"),
  ],
  points: [
    word("org"),
    time("ts"),
    { name: "started_at", type: "UInt64", codec: "Delta, ZSTD(1)" },
    ...["name", "unit", "kind", "temporality"].map(word),
    { name: "monotonic", type: "UInt8" },
    ...LABELS,
    map("attributes"),
    { name: "value", type: "Float64", codec: "Gorilla, ZSTD(1)" },
    { name: "count", type: "UInt64", codec: "T64, ZSTD(1)" },
    { name: "bounds", type: "Array(Float64)", codec: "ZSTD(1)" },
    { name: "buckets", type: "Array(UInt64)", codec: "ZSTD(1)" },
  ],
};

const ORDER: Record<Table, string> = {
  spans: "(org, toStartOfMinute(ts), service, route, tenant, ts)",
  logs: "(org, toStartOfMinute(ts), service, ts)",
  points: "(org, name, service, series, ts)",
};
const EXTRA: Record<Table, string> = {
  spans: ", INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 4",
  logs: ", INDEX trace trace_id TYPE bloom_filter(0.01) GRANULARITY 4",
  points:
    ", series UInt64 MATERIALIZED cityHash64(service, env, route, status_class, tenant, release, toString(mapSort(attributes)))",
};
const KEPT_DAYS = { spans: 30, logs: 30, points: 90, red_15s: 90 };

// A segment is deleted after its insert, so the part must be on disk by then.
const ENGINE_SETTINGS = `non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1,
  fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1`;

const RED_SELECT = `SELECT org, toDateTime(toStartOfInterval(ts, INTERVAL 15 SECOND), 'UTC') AS at,
    service, env, route, status_class, tenant, release,
    count() AS requests, sum(failed) AS errors, sum(duration_ns) AS duration_ns_sum,
    sumMap(map(toInt16(floor(log2(greatest(duration_ns, 1)) * 8)), toUInt64(1))) AS buckets
  FROM toban.spans WHERE kind IN ('server', 'consumer')`;
const RED_GROUP = "GROUP BY org, at, service, env, route, status_class, tenant, release";

export async function createTables(run: Run): Promise<void> {
  await run("CREATE DATABASE IF NOT EXISTS toban");
  for (const table of Object.keys(COLUMNS) as Table[]) {
    const columns = [...COLUMNS[table], text("segment")].map(
      ({ name, type, codec }) => `${name} ${type}${codec ? ` CODEC(${codec})` : ""}`,
    );
    await run(`CREATE TABLE IF NOT EXISTS toban.${table} (${columns.join(", ")}${EXTRA[table]},
      INDEX segment segment TYPE minmax)
      ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY ${ORDER[table]}
      TTL toDateTime(ts) + INTERVAL ${KEPT_DAYS[table]} DAY SETTINGS ${ENGINE_SETTINGS}`);
  }
  await run(`CREATE TABLE IF NOT EXISTS toban.red_15s (
      org LowCardinality(String), at DateTime('UTC') CODEC(Delta, ZSTD(1)),
      ${LABELS.map(({ name, type }) => `${name} ${type}`).join(", ")},
      requests SimpleAggregateFunction(sum, UInt64), errors SimpleAggregateFunction(sum, UInt64),
      duration_ns_sum SimpleAggregateFunction(sum, UInt64),
      buckets SimpleAggregateFunction(sumMap, Map(Int16, UInt64)))
    ENGINE = AggregatingMergeTree PARTITION BY toDate(at)
    ORDER BY (org, at, service, route, status_class, tenant, release, env)
    TTL at + INTERVAL ${KEPT_DAYS.red_15s} DAY SETTINGS ${ENGINE_SETTINGS}`);
  await run(`CREATE MATERIALIZED VIEW IF NOT EXISTS toban.red_15s_of_spans TO toban.red_15s
    AS ${RED_SELECT} ${RED_GROUP}`);
}

/** Blocks must come out the same on every attempt: one thread, one block for one segment. */
const INSERT_SETTINGS = `max_threads = 1, max_insert_threads = 1, input_format_parallel_parsing = 0,
  max_block_size = 1000000, min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 0,
  max_partitions_per_insert_block = 0, input_format_null_as_default = 0, input_format_skip_unknown_fields = 1,
  max_execution_time = 60`;
const ONCE = "insert_deduplicate = 1, deduplicate_blocks_in_dependent_materialized_views = 1";

/** Stores a segment exactly once, however often it is called. Calls must not overlap. */
export async function insertSegment(run: Run, folder: string, call: InsertCall): Promise<InsertReply> {
  const { payloads, tornBytes } = await readSegment(call.file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const reply = { rows: 0, repaired: 0, tornBytes };
  for (const [table, buffers] of payloads) {
    const file = path.join(folder, `${call.segment}.${table}.json`);
    await writeFile(file, Buffer.concat(buffers), { mode: 0o600 });
    try {
      if (call.replay) reply.repaired += await insertMissing(run, table, file, call.segment);
      else await insertAll(run, table, file, call.segment);
    } finally {
      await rm(file, { force: true });
    }
    for (const buffer of buffers) for (const byte of buffer) if (byte === 10) reply.rows++;
  }
  return reply;
}

const quote = (value: string) => `'${value.replace(/[\\']/g, "\\$&")}'`;

function rowsIn(table: Table, file: string): string {
  const structure = COLUMNS[table].map(({ name, type, input }) => `${name} ${input ?? type}`).join(", ");
  return `file(${quote(file)}, 'JSONEachRow', ${quote(structure)})`;
}

const into = (table: Table) =>
  `INSERT INTO toban.${table} (${COLUMNS[table].map((c) => c.name).join(", ")}, segment)`;
const selected = (table: Table, segment: string) =>
  `SELECT ${COLUMNS[table].map((c) => c.select ?? c.name).join(", ")}, ${quote(segment)}`;

async function insertAll(run: Run, table: Table, file: string, segment: string): Promise<void> {
  await run(`${into(table)} ${selected(table, segment)} FROM ${rowsIn(table, file)}
    SETTINGS ${INSERT_SETTINGS}, ${ONCE}, insert_deduplication_token = ${quote(segment)}`);
}

/**
 * After a crash the engine's deduplication alone is not enough: it notes a block in its log before the
 * part becomes visible, so a kill in between makes it drop the repeated block. Each day of a segment
 * is one part, there or not there: the missing ones are inserted, and the rollup of the 15-second
 * buckets they touch is computed anew from the spans.
 */
async function insertMissing(run: Run, table: Table, file: string, segment: string): Promise<number> {
  const day = "toDate(fromUnixTimestamp64Nano(ts, 'UTC'))";
  const days = await lines<{ day: string; ns: string }>(
    run(`SELECT ${day} AS day, toString(min(ts)) AS ns FROM ${rowsIn(table, file)} GROUP BY day`),
  );
  const wanted = days.map((row) => quote(row.day)).join(", ");
  const there = await lines<{ day: string }>(
    run(`SELECT DISTINCT toDate(ts) AS day FROM toban.${table}
      WHERE toDate(ts) IN (${wanted}) AND segment = ${quote(segment)}`),
  );
  const missing = days
    .map((row) => row.day)
    .filter((wantedDay) => !there.some((row) => row.day === wantedDay));
  if (missing.length > 0) {
    await run(`${into(table)} ${selected(table, segment)} FROM ${rowsIn(table, file)}
      WHERE ${day} IN (${missing.map(quote).join(", ")})
      SETTINGS ${INSERT_SETTINGS}, insert_deduplicate = 0`);
  }
  if (table === "spans") await rebuildRed(run, file);
  return missing.length;
}

async function rebuildRed(run: Run, file: string): Promise<void> {
  const rows = await lines<{ bucket: number }>(
    run(`SELECT DISTINCT toUInt32(intDiv(ts, 15000000000) * 15) AS bucket FROM ${rowsIn("spans", file)}
      WHERE kind IN ('server', 'consumer')`),
  );
  for (let i = 0; i < rows.length; i += 1000) {
    const buckets = rows.slice(i, i + 1000).map((row) => row.bucket);
    const first = Math.min(...buckets);
    const last = Math.max(...buckets) + 15;
    await run(`ALTER TABLE toban.red_15s DELETE WHERE toUInt32(at) IN (${buckets.join(", ")})
      SETTINGS mutations_sync = 1`);
    await run(`INSERT INTO toban.red_15s ${RED_SELECT} 
        AND ts >= fromUnixTimestamp64Nano(${first}000000000, 'UTC') AND ts < fromUnixTimestamp64Nano(${last}000000000, 'UTC')
        AND toUInt32(toStartOfInterval(ts, INTERVAL 15 SECOND)) IN (${buckets.join(", ")}) ${RED_GROUP}
      SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0`);
  }
}

async function lines<Row>(reply: Promise<Buffer>): Promise<Row[]> {
  const content = (await reply).toString();
  return content === ""
    ? []
    : (content
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)) as Row[]);
}
