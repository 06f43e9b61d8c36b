import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Where all state lives: `TOBAN_HOME`, else `.toban` under the working directory. Absolute. */
export function tobanHome(environment: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(environment.TOBAN_HOME ?? ".toban");
}

/**
 * Folder for Unix sockets of this home. Socket paths are limited to 103 bytes on macOS,
 * so a deep home gets a short folder under the temporary directory.
 */
export function runtimeDir(home: string): string {
  const inside = path.join(home, "run");
  const short = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const dir = inside.length <= 80 ? inside : path.join(tmpdir(), `toban-${short}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}
