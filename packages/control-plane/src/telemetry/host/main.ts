import { mkdir, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { Session } from "chdb";
import { writeEngineConfig } from "./config.ts";
import {
  type ErrorReply,
  type Frame,
  type InsertCall,
  KIND,
  type QueryCall,
  readFrames,
  writeFrame,
} from "./protocol.ts";
import { createTables, insertSegment, type Run } from "./store.ts";

// The process that owns the telemetry engine. It lives exactly as long as its parent: standard input is
// a pipe that closes when the parent dies, however it dies.

const { values } = parseArgs({ options: { folder: { type: "string" }, socket: { type: "string" } } });
if (!values.folder || !values.socket) {
  console.error("usage: main.js --folder DIR --socket PATH");
  process.exit(2);
}
const folder = path.resolve(values.folder);
const socketPath = values.socket;

process.umask(0o077);
// Ctrl-C and a service manager's stop reach the whole group; the parent decides when the store stops.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
// A native call may be running: only the kernel ends it at once and without a crash report.
const dieWithParent = () => process.kill(process.pid, "SIGKILL");
process.stdin.on("end", dieWithParent).on("error", dieWithParent).resume();

const INSERTS = path.join(folder, "inserts");
await rm(INSERTS, { recursive: true, force: true });
await mkdir(folder, { recursive: true, mode: 0o700 });
const session = new Session(path.join(folder, "engine"), {
  connectionArgs: [`--config-file=${await writeEngineConfig(folder)}`],
});

const run: Run = async (sql, params) => {
  const options = { format: "JSONEachRow" };
  const result = params
    ? await session.queryBindAsync(sql, params, options)
    : await session.queryAsync(sql, options);
  return Buffer.from(result.bytes());
};
await createTables(run);

let inserts: Promise<unknown> = Promise.resolve();
let running = 0;

async function answer(frame: Frame): Promise<Buffer> {
  if (frame.kind === KIND.query) {
    const call = JSON.parse(frame.payload.toString()) as QueryCall;
    const seconds = call.timeoutMs / 1000;
    return await run(
      `${call.sql} SETTINGS max_execution_time = ${seconds}, max_memory_usage = 400000000, max_threads = 2`,
      call.params,
    );
  }
  if (frame.kind === KIND.insert) {
    const call = JSON.parse(frame.payload.toString()) as InsertCall;
    const reply = inserts.then(() => insertSegment(run, INSERTS, call));
    inserts = reply.catch(() => {});
    return Buffer.from(JSON.stringify(await reply));
  }
  if (frame.kind === KIND.stop) {
    await inserts;
    return Buffer.alloc(0);
  }
  throw new Error(`unknown kind of frame ${frame.kind}`);
}

async function serve(socket: Socket, frame: Frame): Promise<void> {
  running++;
  try {
    writeFrame(socket, { call: frame.call, kind: KIND.ok, payload: await answer(frame) });
  } catch (error) {
    const { message, clickhouseCode } = error as { message?: string; clickhouseCode?: number };
    const reply: ErrorReply = { message: message ?? String(error), engineCode: clickhouseCode ?? null };
    writeFrame(socket, { call: frame.call, kind: KIND.error, payload: Buffer.from(JSON.stringify(reply)) });
  } finally {
    running--;
  }
  if (frame.kind === KIND.stop) stop(socket);
}

function stop(socket: Socket): void {
  server.close();
  socket.end(() => {
    if (running === 0) session.close();
    process.exit(0);
  });
}

const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  writeFrame(socket, { call: 0, kind: KIND.hello, payload: Buffer.from(String(process.pid)) });
  readFrames(socket, (frame) => void serve(socket, frame));
});
// The engine holds the lock on its folder by now, so whoever left this socket is gone.
await rm(socketPath, { force: true });
server.listen(socketPath);
