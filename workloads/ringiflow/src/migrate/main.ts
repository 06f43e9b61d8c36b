import path from "node:path";
import { fileURLToPath } from "node:url";
import { DIRECTORIES } from "../domain/directory.ts";
import { migrate } from "./store.ts";

/** `node migrate.js` in a release: brings the database that DATABASE_OWNER_URL names up to this release. */
const url = process.env.DATABASE_OWNER_URL;
if (!url) {
  console.error("DATABASE_OWNER_URL is not set. Set it to the URL of the role that owns the schema.");
  process.exit(78);
}
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "migrations");
try {
  const applied = await migrate(url, folder, DIRECTORIES);
  console.log(applied.length > 0 ? `applied ${applied.join(", ")}` : "nothing to apply");
} catch (error) {
  console.error(`migration failed: ${(error as Error).message}`);
  process.exit(1);
}
