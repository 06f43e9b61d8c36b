import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "../packages/control-plane/src/platform/migrations.ts";
import { freePort } from "../packages/control-plane/src/platform/ports.ts";
import { startEmbeddedPostgres } from "../packages/control-plane/src/platform/postgres/embedded.ts";
import { provisionDatabase } from "../packages/control-plane/src/platform/postgres/provision.ts";
import { APP, OWNER, TEMPLATE, TEST_POSTGRES } from "../packages/control-plane/src/platform/testing.ts";

/** One real PostgreSQL for the whole test run, with a migrated template database. */
export default async function setup() {
  const folder = await mkdtemp(path.join(tmpdir(), "toban-test-"));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    port: await freePort(),
    password: "test",
    durable: false,
  });
  process.env[TEST_POSTGRES] = postgres.superuserUrl;
  const { ownerUrl } = await provisionDatabase(postgres.superuserUrl, {
    database: TEMPLATE,
    owner: OWNER,
    app: APP,
  });
  await migrate(ownerUrl);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
