import { Hono } from "hono";
import { queue } from "./queue";
import { requireUser } from "./auth";
import { log } from "./log";

export const exportsRoute = new Hono();
exportsRoute.use(requireUser);

// 同じ月の出力は jobId が同じなので一つにまとまる
exportsRoute.post("/:month", async (c) => {
  const month = c.req.param("month");
  await queue.add("export", { month }, { jobId: `export-${month}`, attempts: 3, backoff: { type: "exponential", delay: 1000 } });
  log.info("export queued", { month });
  return c.json({ accepted: true }, 202);
});
