import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { invalid } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";

/**
 * Secrets of this home, by name, in `secrets.json` (mode 0600). A secret that does not exist yet is
 * generated once: 32 random bytes, base64url.
 */
export type Secrets = {
  get(name: string): string | undefined;
  /** The secret of this name, generated and stored when missing. */
  ensure(name: string): Promise<string>;
  set(name: string, value: string): Promise<void>;
};

export async function openSecrets(home: string): Promise<Secrets> {
  const file = path.join(home, "secrets.json");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  let secrets: Record<string, string>;
  try {
    secrets = JSON.parse(text);
  } catch (cause) {
    throw invalid(
      "secrets_unreadable",
      `${file} is not JSON.`,
      "Restore it from a backup. It holds the passwords of the embedded database; Toban never overwrites it.",
      cause,
    );
  }
  let writing = Promise.resolve();
  const set = async (name: string, value: string) => {
    secrets[name] = value;
    writing = writing.then(() => writeFileAtomic(file, `${JSON.stringify(secrets, null, 2)}\n`));
    await writing;
  };
  return {
    get: (name) => secrets[name],
    async ensure(name) {
      if (secrets[name] === undefined) await set(name, randomBytes(32).toString("base64url"));
      return secrets[name]!;
    },
    set,
  };
}
