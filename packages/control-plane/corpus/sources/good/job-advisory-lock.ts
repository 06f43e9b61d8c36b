import cron from "node-cron";
import { db } from "./db.js";
import { mailer } from "./mailer.js";

cron.schedule("0 8 * * *", async () => {
  await db.tx(async (tx) => {
    const { rows } = await tx.query("SELECT pg_try_advisory_xact_lock(42) AS got");
    if (!rows[0].got) return;
    const due = await tx.query("UPDATE reminders SET sent_at = now() WHERE sent_at IS NULL AND due <= now() RETURNING recipient_id");
    for (const one of due.rows) await mailer.sendMail({ to: one.recipient_id, subject: "Due" });
  });
});
