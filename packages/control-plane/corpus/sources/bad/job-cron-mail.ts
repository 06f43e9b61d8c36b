import cron from "node-cron";
import { transporter } from "./mail.js";
import { pendingApprovals } from "./approvals.js";

cron.schedule("0 8 * * 1-5", async () => {
  const waiting = await pendingApprovals();
  await Promise.all(waiting.map((one) => transporter.sendMail({ to: one.to, subject: "Waiting for you" })));
});
