import { createCounts } from "../edge/counts.ts";
import { openListener } from "../edge/listener.ts";
import { createRouter } from "../edge/router.ts";
import { keptByNobody } from "../keeper.ts";
import { systemClock } from "../platform/clock.ts";

// The real edge with everything on: stickiness, counts, trace headers; only the supervision is left out.
const router = createRouter("bench", systemClock);
router.update(
  [{ version: "1.0.0", from: 0, to: 100 }],
  [{ id: "bench-1.0.0-0", version: "1.0.0", port: Number(process.argv[2]), serves: true }],
);
const listener = await openListener({
  router,
  counts: createCounts(),
  clock: systemClock,
  host: "127.0.0.1",
  port: 0,
  sticky: true,
  kept: keptByNobody,
});
process.send?.(listener.port);
process.on("disconnect", () => process.exit(0));
