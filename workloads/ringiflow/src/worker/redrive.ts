import { redrive } from "./consume.ts";
import { forEachTenant } from "./repair.ts";

/** `node redrive.js` in a release: delivers the dead letters once more. */
await forEachTenant(async (db, tenant) => `${await redrive(db, tenant)} events delivered again`);
