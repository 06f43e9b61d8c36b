import { Queue } from "bullmq";
import { connection } from "./redis.js";

const reports = new Queue("reports", { connection });
await reports.upsertJobScheduler("monthly-report", { pattern: "0 0 1 * *" }, { name: "report" });
