import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";

/** A bare HTTP/1.1 client on one kept connection: the generator must cost less than what it measures. */
type Connection = { send(): Promise<void>; close(): void };

const REQUEST = Buffer.from(
  "GET /bench HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: bench\r\n" +
    `Cookie: toban-affinity=${"ab".repeat(16)}\r\n\r\n`,
);

function open(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let pending: { resolve(): void; reject(error: Error): void } | null = null;
    let received: Buffer | null = null;
    socket.on("data", (chunk: Buffer) => {
      received = received === null ? chunk : Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = received.toString("latin1", 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (received.length < end + 4 + length) return;
      received = null;
      const waiting = pending;
      pending = null;
      if (head.startsWith("HTTP/1.1 200")) waiting?.resolve();
      else waiting?.reject(new Error(head));
    });
    socket.on("error", (error) => (pending ? pending.reject(error) : reject(error)));
    socket.on("close", () => pending?.reject(new Error("the connection closed")));
    socket.on("connect", () =>
      resolve({
        send: () =>
          new Promise((done, failed) => {
            pending = { resolve: done, reject: failed };
            socket.write(REQUEST);
          }),
        close: () => socket.destroy(),
      }),
    );
  });
}

/** Requests per second with every connection always busy. */
export async function saturate(port: number, connections: number, seconds: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let count = 0;
  await Promise.all(
    all.map(async (connection) => {
      while (performance.now() < until) {
        await connection.send();
        count++;
      }
    }),
  );
  const elapsed = performance.now() - startedAt;
  for (const connection of all) connection.close();
  return (count / elapsed) * 1000;
}

/** Latencies in ms at a fixed rate, counted from when a request was due, so that a stall is not left out. */
export async function paced(
  port: number,
  connections: number,
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const idle = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const all = [...idle];
  const latencies: number[] = [];
  const waiting: number[] = [];
  const startedAt = performance.now();
  const total = perSecond * seconds;
  let due = 0;
  let failure: unknown = null;

  const run = async (connection: Connection, dueAt: number) => {
    try {
      await connection.send();
    } catch (error) {
      failure = error;
      return;
    }
    latencies.push(performance.now() - dueAt);
    const next = waiting.shift();
    if (next === undefined) idle.push(connection);
    else void run(connection, next);
  };
  while (latencies.length < total && failure === null) {
    const now = performance.now();
    while (due < total && startedAt + (due * 1000) / perSecond <= now) {
      const dueAt = startedAt + (due++ * 1000) / perSecond;
      const connection = idle.pop();
      if (connection) void run(connection, dueAt);
      else waiting.push(dueAt);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const connection of all) connection.close();
  if (failure !== null) throw failure;
  return latencies;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
