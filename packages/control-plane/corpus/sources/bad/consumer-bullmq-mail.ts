import { Worker } from "bullmq";
import { transporter } from "./mail.js";
import { connection } from "./redis.js";

async function handle(job: { data: { to: string; body: string } }) {
  await transporter.sendMail({ to: job.data.to, subject: "Receipt", text: job.data.body });
}

export const worker = new Worker("receipts", handle, { connection });
