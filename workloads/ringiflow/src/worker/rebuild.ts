import { rebuild } from "./consume.ts";
import { forEachTenant } from "./repair.ts";

/** `node rebuild.js` in a release: drops the read models and replays the events into new ones. */
await forEachTenant(async (db, tenant) => {
  const { events, failed } = await rebuild(db, tenant);
  return `${events} events applied, ${failed} in the dead letters`;
});
