import { rename, writeFile } from "node:fs/promises";
import { readArguments, USAGE } from "./arguments.ts";
import { startTraffic } from "./traffic.ts";

const read = readArguments(process.argv.slice(2));
if (!read.ok) {
  process.stderr.write(`${read.reason}\n${USAGE}\n`);
  process.exit(2);
}
const { seconds, report: file, ...options } = read.options;

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => stop.abort());
// A supervisor that started us with a channel is gone when the channel closes.
process.once("disconnect", () => stop.abort());
process.channel?.unref();
const limit = seconds === null ? undefined : setTimeout(() => stop.abort(), seconds * 1000);

const traffic = startTraffic({
  ...options,
  now: () => new Date(performance.timeOrigin + performance.now()),
  signal: stop.signal,
});

/** A reader finds the report of this second or of the one before, never a part. */
async function write(): Promise<void> {
  if (file === null) return;
  try {
    await writeFile(`${file}.tmp`, `${JSON.stringify(traffic.report())}\n`);
    await rename(`${file}.tmp`, file);
  } catch (error) {
    process.stderr.write(`the report could not be written to ${file}: ${(error as Error).message}\n`);
  }
}

let writing: Promise<void> = write();
const everySecond = setInterval(() => {
  writing = writing.then(write);
}, 1000);

await traffic.ended;
clearInterval(everySecond);
clearTimeout(limit);
await writing;
await write();
process.stdout.write(`${JSON.stringify(traffic.report())}\n`);
process.exit(0);
