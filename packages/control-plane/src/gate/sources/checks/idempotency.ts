import { checks } from "../../check.ts";

/** What happens when the same thing arrives or runs twice. */
export const IDEMPOTENCY_CHECKS = checks({
  handler: {
    code: "sources/handler-not-idempotent",
    severity: "block",
    commitments: ["INV-OPS-002", "INV-010", "INV-011"],
    title: { en: "A repeated request has its effect twice", ja: "同じ要求の再送で処理が二重に行われる" },
    why: {
      en: "Clients, proxies and users send a request again when the answer is late. Without a key that recognizes the repetition, the order, the charge or the mail happens twice.",
      ja: "応答が遅れると、クライアントもプロキシも利用者も同じ要求を再送する。再送を見分けるキーがなければ、注文・課金・メールが二重になる。",
    },
    reason: {
      en: "{via} {path} does `{what}`, and nothing recognizes the same request when it comes again.",
      ja: "{via} {path} は `{what}` を行うが、同じ要求が再び来たことを見分けるものがない。",
    },
    remedy: {
      en: "Read an idempotency key and store it under a unique constraint in the same transaction (or upsert, or pass the key on to the provider). If it cannot be idempotent, name the ADR with reason and retry strategy in a comment above the handler.",
      ja: "冪等キーを受け取り、同じトランザクションで一意制約の下に保存する（または upsert にする、キーを決済事業者に渡す）。冪等にできないなら、理由とリトライ戦略を書いた ADR をハンドラー直前のコメントで示す。",
    },
    bad: `import express from "express";
import { stripe } from "./stripe.js";
const app = express();
app.post("/payments", async (req, res) => {
  const charge = await stripe.charges.create({ amount: req.body.amount, currency: "jpy", source: req.body.source });
  res.status(201).json({ id: charge.id });
});
`,
    good: `import express from "express";
import { stripe } from "./stripe.js";
const app = express();
app.post("/payments", async (req, res) => {
  const key = req.get("Idempotency-Key");
  if (!key) return res.status(400).end();
  const charge = await stripe.charges.create({ amount: req.body.amount, currency: "jpy", source: req.body.source }, { idempotencyKey: key });
  res.status(201).json({ id: charge.id });
});
`,
  },
  handlerUnknown: {
    code: "sources/handler-idempotency-unknown",
    severity: "warn",
    commitments: ["INV-OPS-002", "INV-010", "INV-011"],
    title: {
      en: "It is not visible whether a repeated request is harmless",
      ja: "再送されても安全かどうかが読み取れない",
    },
    why: {
      en: "What the handler calls was not given or only its name says what it does. Somebody must be able to answer what happens when the same request comes twice.",
      ja: "呼び出し先が渡されていないか、名前からしか動作が分からない。同じ要求が 2 回来たら何が起きるかを説明できなければならない。",
    },
    reason: {
      en: "{via} {path} calls `{what}`; no idempotency key, unique constraint or ADR is to be seen.",
      ja: "{via} {path} は `{what}` を呼ぶが、冪等キー・一意制約・ADR のいずれも見当たらない。",
    },
    remedy: {
      en: "Make the repetition recognizable, or name the ADR in a comment above the handler.",
      ja: "再送を見分けられるようにするか、ハンドラー直前のコメントで ADR を示す。",
    },
    bad: `import express from "express";
import { submitOrder } from "./orders.js";
const app = express();
app.post("/orders", async (req, res) => {
  res.status(201).json(await submitOrder(req.body));
});
`,
    good: `import express from "express";
import { submitOrder } from "./orders.js";
const app = express();
app.post("/orders", async (req, res) => {
  res.status(201).json(await submitOrder(req.body, { idempotencyKey: req.get("Idempotency-Key") }));
});
`,
  },
  consumer: {
    code: "sources/consumer-without-dedup",
    severity: "block",
    commitments: ["INV-OPS-002", "INV-012"],
    title: {
      en: "A message delivered twice has its effect twice",
      ja: "メッセージの重送で処理が二重に行われる",
    },
    why: {
      en: "Brokers deliver at least once: after a rebalance, a crash before the commit or a visibility timeout the same message comes again.",
      ja: "ブローカーは少なくとも 1 回の配信しか保証しない。リバランス、コミット前のクラッシュ、可視性タイムアウトの後に同じメッセージが再び届く。",
    },
    reason: {
      en: "The consumer ({via}) does `{what}` without checking whether the message was handled before.",
      ja: "コンシューマー（{via}）は、処理済みかどうかを確かめずに `{what}` を行う。",
    },
    remedy: {
      en: "Record the event's id under a unique constraint in the same transaction as the effect and skip what is recorded, or write with ON CONFLICT.",
      ja: "イベント ID を効果と同じトランザクションで一意制約の下に記録し、記録済みなら飛ばす。または ON CONFLICT で書く。",
    },
    bad: `import { Kafka } from "kafkajs";
import { db } from "./db.js";
const consumer = new Kafka({ brokers: ["kafka:9092"] }).consumer({ groupId: "billing" });
await consumer.run({
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value.toString());
    await db.query("INSERT INTO invoices (order_id, amount) VALUES ($1, $2)", [event.orderId, event.amount]);
  },
});
`,
    good: `import { Kafka } from "kafkajs";
import { db } from "./db.js";
const consumer = new Kafka({ brokers: ["kafka:9092"] }).consumer({ groupId: "billing" });
await consumer.run({
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value.toString());
    await db.query("INSERT INTO invoices (event_id, order_id, amount) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING", [event.id, event.orderId, event.amount]);
  },
});
`,
  },
  consumerUnknown: {
    code: "sources/consumer-dedup-unknown",
    severity: "warn",
    commitments: ["INV-OPS-002", "INV-012", "INV-013"],
    title: {
      en: "It is not visible what a message delivered twice does",
      ja: "メッセージが重送されたときの動作が読み取れない",
    },
    why: {
      en: "Delivery is at least once; the answer to “processed twice – what happens?” must be readable.",
      ja: "配信は少なくとも 1 回であり、「2 回処理されたらどうなるか」が読み取れなければならない。",
    },
    reason: {
      en: "The consumer ({via}) calls `{what}`; no check of an event id is to be seen.",
      ja: "コンシューマー（{via}）は `{what}` を呼ぶが、イベント ID の確認が見当たらない。",
    },
    remedy: {
      en: "Pass the event's id on and record it under a unique constraint with the effect.",
      ja: "イベント ID を渡し、効果とともに一意制約の下に記録する。",
    },
    bad: `import { Worker } from "bullmq";
import { issueInvoice } from "./invoices.js";
new Worker("invoices", async (job) => {
  await issueInvoice(job.data.orderId);
});
`,
    good: `import { Worker } from "bullmq";
import { issueInvoice } from "./invoices.js";
new Worker("invoices", async (job) => {
  await issueInvoice(job.data.orderId, { deduplicationId: job.id });
});
`,
  },
  deleteReload: {
    code: "sources/delete-all-reload",
    severity: "block",
    commitments: ["INV-OPS-004", "INV-021", "INV-022"],
    title: { en: "A job deletes all rows and loads them again", ja: "全件削除してから全件再投入するジョブ" },
    why: {
      en: "When it fails in between, the table is empty or half full, and readers see that. Running it again does not bring back what the source no longer has.",
      ja: "途中で失敗するとテーブルは空か不完全になり、利用者にもそれが見える。元データにもうないものは、再実行しても戻らない。",
    },
    reason: {
      en: "`{what}` removes every row and the same code fills the table again, outside one transaction.",
      ja: "`{what}` が全行を消し、同じ処理が 1 つのトランザクションの外で入れ直している。",
    },
    remedy: {
      en: "Upsert by key and remove only what the source no longer has, with a cap on deletions; or load a new table and swap it in one transaction.",
      ja: "キーで upsert し、元データからなくなった行だけを件数上限付きで消す。または新しいテーブルに投入して 1 トランザクションで差し替える。",
    },
    bad: `import { prisma } from "./prisma.js";
export async function reloadProducts(rows) {
  await prisma.product.deleteMany({});
  await prisma.product.createMany({ data: rows });
}
`,
    good: `import { prisma } from "./prisma.js";
export async function syncProducts(rows, run) {
  for (const row of rows) await prisma.product.upsert({ where: { sku: row.sku }, create: { ...row, run }, update: { ...row, run } });
  await prisma.product.deleteMany({ where: { run: { not: run } } });
}
`,
  },
  unscopedDelete: {
    code: "sources/unscoped-delete",
    severity: "warn",
    commitments: ["INV-OPS-004", "INV-021", "INV-024"],
    title: { en: "A delete without a condition", ja: "条件のない削除" },
    why: {
      en: "Code that empties a whole table needs a safety: a condition, a cap on the number of rows, or a confirmation.",
      ja: "テーブル全体を空にする処理には、条件・件数上限・確認のいずれかの安全策が要る。",
    },
    reason: { en: "`{what}` removes every row.", ja: "`{what}` が全行を消す。" },
    remedy: {
      en: "Limit it by a condition and stop when more rows than expected would go; a reload inside one transaction should at least cap what it removes.",
      ja: "条件で絞り、想定より多くの行が消えるなら止める。1 トランザクション内の再投入でも、削除件数に上限を設ける。",
    },
    bad: `import { prisma } from "./prisma.js";
export async function clearNotices() {
  await prisma.notice.deleteMany();
}
`,
    good: `import { prisma } from "./prisma.js";
export async function clearNotices(before) {
  await prisma.notice.deleteMany({ where: { createdAt: { lt: before } } });
}
`,
  },
  job: {
    code: "sources/job-without-lock",
    severity: "block",
    commitments: ["INV-OPS-004", "INV-022", "INV-OPS-002", "PD-156"],
    title: { en: "A scheduled job runs once per replica", ja: "定期ジョブがレプリカの数だけ実行される" },
    why: {
      en: "A timer in the process fires in every replica, and again after a restart. Without a lock or a record of what was done, each replica sends the mail and books the charge.",
      ja: "プロセス内のタイマーはすべてのレプリカで発火し、再起動後にも再び動く。ロックや実行記録がなければ、レプリカの数だけメールや課金が行われる。",
    },
    reason: {
      en: "{via} does `{what}` without a lock shared by the replicas and without a mark of what was done.",
      ja: "{via} は、レプリカ間で共有するロックも実行済みの印もなく `{what}` を行う。",
    },
    remedy: {
      en: "Take a lock in the database (advisory lock, lease row) or move it to a scheduler that runs it once; mark each item as done in the transaction that handles it.",
      ja: "データベースのロック（アドバイザリロック、リース行）を取るか、1 回だけ実行するスケジューラーに移す。各項目は処理と同じトランザクションで処理済みにする。",
    },
    bad: `import cron from "node-cron";
import { mailer } from "./mailer.js";
import { dueInvoices } from "./invoices.js";
cron.schedule("0 9 * * *", async () => {
  for (const invoice of await dueInvoices()) {
    await mailer.sendMail({ to: invoice.to, subject: "Reminder" });
  }
});
`,
    good: `import cron from "node-cron";
import { mailer } from "./mailer.js";
import { dueInvoices } from "./invoices.js";
import { withAdvisoryLock } from "./lock.js";
cron.schedule("0 9 * * *", () =>
  withAdvisoryLock("reminders", async () => {
    for (const invoice of await dueInvoices()) {
      await mailer.sendMail({ to: invoice.to, subject: "Reminder" });
    }
  }),
);
`,
  },
  jobUnknown: {
    code: "sources/job-lock-unknown",
    severity: "warn",
    commitments: ["INV-OPS-004", "INV-022", "INV-023"],
    title: {
      en: "It is not visible whether a job may run in several replicas",
      ja: "ジョブが複数レプリカで動いてよいかが読み取れない",
    },
    why: {
      en: "The schedule lives in the process and so fires in every replica.",
      ja: "スケジュールがプロセス内にあるため、すべてのレプリカで発火する。",
    },
    reason: {
      en: "{via} calls `{what}`, and no lock shared by the replicas is to be seen.",
      ja: "{via} は `{what}` を呼ぶが、レプリカ間で共有するロックが見当たらない。",
    },
    remedy: {
      en: "Take a lock, use a scheduler that runs it once, or say in the code why it is harmless.",
      ja: "ロックを取るか、1 回だけ実行するスケジューラーを使うか、無害である理由をコードで示す。",
    },
    bad: `import cron from "node-cron";
import { issueInvoices } from "./invoices.js";
cron.schedule("0 0 1 * *", async () => {
  await issueInvoices();
});
`,
    good: `import cron from "node-cron";
import { issueInvoices } from "./invoices.js";
import { redlock } from "./redlock.js";
cron.schedule("0 0 1 * *", () => redlock.using(["invoices"], 60_000, async () => {
  await issueInvoices();
}));
`,
  },
});
