import { Worker } from "bullmq";
import { mailer } from "./mailer.js";
import { redis } from "./redis.js";

export const worker = new Worker("mails", async (job) => {
  const first = await redis.set(`mail:${job.id}`, "1", "EX", 604_800, "NX");
  if (first === null) return;
  await mailer.sendMail({ to: job.data.to, subject: job.data.subject });
});
