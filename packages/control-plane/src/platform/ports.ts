import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { conflict } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";

/** Loopback ports by name, chosen once per home and kept, so that restarts find each other again. */
export async function stablePorts<Name extends string>(
  home: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const file = path.join(home, "ports.json");
  const text = await readFile(file, "utf8").catch(() => "{}");
  let known: Record<string, number> = {};
  try {
    known = JSON.parse(text);
  } catch {
    // A damaged file costs nothing: ports are chosen again.
  }
  const ports = { ...known };
  for (const name of names) ports[name] ??= await freePort();
  if (names.some((name) => known[name] === undefined)) {
    await writeFileAtomic(file, `${JSON.stringify(ports, null, 2)}\n`);
  }
  return ports as Record<Name, number>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Throws `port_taken` when somebody listens there already. */
export function assertPortFree(port: number, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (cause: NodeJS.ErrnoException) =>
      reject(
        conflict(
          "port_taken",
          `Port ${port} of 127.0.0.1 cannot be used (${cause.code}).`,
          `Stop the program that listens there, or choose another port with ${setting}.`,
          cause,
        ),
      ),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}
