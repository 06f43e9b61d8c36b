import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { invalid } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";

/**
 * Secrets of this home, by name, in `secrets.json` (mode 0600). The file is read at each use, because
 * several processes share it: what `toban secret set` writes is seen at once and never overwritten.
 */
export type Secrets = {
  get(name: string): string | undefined;
  /** The secret of this name; 32 random bytes, base64url, are generated and stored when it is missing. */
  ensure(name: string): Promise<string>;
  set(name: string, value: string): Promise<void>;
};

export async function openSecrets(home: string): Promise<Secrets> {
  const file = path.join(home, "secrets.json");
  await mkdir(home, { recursive: true, mode: 0o700 });
  readSecrets(file);
  let writing = Promise.resolve();
  const set = (name: string, value: string) => {
    writing = writing.then(() => {
      const secrets = { ...readSecrets(file), [name]: value };
      return writeFileAtomic(file, `${JSON.stringify(secrets, null, 2)}\n`);
    });
    return writing;
  };
  return {
    get: (name) => readSecrets(file)[name],
    async ensure(name) {
      const known = readSecrets(file)[name];
      if (known !== undefined) return known;
      const generated = randomBytes(32).toString("base64url");
      await set(name, generated);
      return generated;
    },
    set,
  };
}

function readSecrets(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(
      "secrets_unreadable",
      `${file} is not JSON.`,
      "Restore it from a backup. It holds the passwords of the embedded database; Toban never overwrites it.",
      cause,
    );
  }
}
