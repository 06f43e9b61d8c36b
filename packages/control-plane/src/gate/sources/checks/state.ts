import { checks } from "../../check.ts";

/** What must survive a restart, and what a process owes when it is stopped. */
export const STATE_CHECKS = checks({
  localFile: {
    code: "sources/local-file-truth",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-008"],
    title: {
      en: "Business data is kept only on the local disk",
      ja: "業務データがローカルディスクにしか残らない",
    },
    why: {
      en: "A container's disk is gone with the container, and a second replica has another one. What stands only there is lost at the next restart or seen by half of the users.",
      ja: "コンテナのディスクはコンテナとともに消え、別のレプリカからは見えない。そこにしかない情報は、次の再起動で失われるか、一部の利用者にしか見えない。",
    },
    reason: {
      en: "{what} writes to the local disk, and nothing here stores the same data anywhere that outlives the process.",
      ja: "{what} がローカルディスクに書き込み、プロセスより長く残る場所には同じデータを保存していない。",
    },
    remedy: {
      en: "Store it in the database or in object storage; use local files only as scratch space (under the system's temporary folder) that can be rebuilt.",
      ja: "データベースかオブジェクトストレージに保存する。ローカルファイルは、作り直せる一時領域（OS の一時フォルダー）としてだけ使う。",
    },
    bad: `import express from "express";
import fs from "node:fs/promises";
const app = express();
app.put("/orders/:id", async (req, res) => {
  await fs.writeFile("./data/orders/" + req.params.id + ".json", JSON.stringify(req.body));
  res.sendStatus(204);
});
`,
    good: `import express from "express";
import { db } from "./db.js";
const app = express();
app.put("/orders/:id", async (req, res) => {
  await db.query("INSERT INTO orders (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = $2", [req.params.id, req.body]);
  res.sendStatus(204);
});
`,
  },
  moduleState: {
    code: "sources/module-state",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-009", "PD-156"],
    title: {
      en: "State of the process survives requests",
      ja: "プロセス内の状態がリクエストをまたいで残る",
    },
    why: {
      en: "A variable outside the handler is lost at every restart and differs between replicas, so that the answer depends on which process is asked and since when it runs.",
      ja: "ハンドラーの外の変数は再起動のたびに失われ、レプリカごとに値が異なる。どのプロセスがいつから動いているかで応答が変わる。",
    },
    reason: {
      en: "`{name}` lives outside the request and is changed by {where}.",
      ja: "`{name}` はリクエストの外にあり、{where} が書き換えている。",
    },
    remedy: {
      en: "Keep it in the database or in a shared store such as Redis. If it is only a cache, bound it (size and time to live) so that it can be rebuilt at any time.",
      ja: "データベースか Redis などの共有ストアに置く。単なるキャッシュなら、いつでも作り直せるよう件数と有効期間に上限を設ける。",
    },
    bad: `import express from "express";
const carts = new Map();
const app = express();
app.put("/carts/:id", (req, res) => {
  carts.set(req.params.id, req.body);
  res.sendStatus(204);
});
`,
    good: `import express from "express";
import { LRUCache } from "lru-cache";
import { loadPrice } from "./prices.js";
const prices = new LRUCache({ max: 1000, ttl: 60_000 });
const app = express();
app.get("/prices/:id", async (req, res) => {
  const price = prices.get(req.params.id) ?? (await loadPrice(req.params.id));
  prices.set(req.params.id, price);
  res.json(price);
});
`,
  },
  unboundedCache: {
    code: "sources/unbounded-cache",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-009"],
    title: { en: "A cache without a bound", ja: "上限のないキャッシュ" },
    why: {
      en: "A cache that only grows ends in the memory limit, and entries that never expire go on answering with what is no longer true.",
      ja: "増えるだけのキャッシュはいずれメモリ上限に達する。期限のない項目は、古い内容を返し続ける。",
    },
    reason: {
      en: "`{name}` is filled while requests are served and nothing removes entries.",
      ja: "`{name}` はリクエスト処理中に増え、項目を取り除く処理がない。",
    },
    remedy: {
      en: "Use a cache with a maximum size and a time to live, such as lru-cache.",
      ja: "lru-cache など、最大件数と有効期間を持つキャッシュを使う。",
    },
    bad: `import express from "express";
import { load } from "./load.js";
const rateCache = new Map();
const app = express();
app.get("/rates/:day", async (req, res) => {
  if (!rateCache.has(req.params.day)) rateCache.set(req.params.day, await load(req.params.day));
  res.json(rateCache.get(req.params.day));
});
`,
    good: `import express from "express";
import { load } from "./load.js";
const rateCache = new Map();
const app = express();
app.get("/rates/:day", async (req, res) => {
  if (rateCache.size > 100) rateCache.clear();
  if (!rateCache.has(req.params.day)) rateCache.set(req.params.day, await load(req.params.day));
  res.json(rateCache.get(req.params.day));
});
`,
  },
  memorySession: {
    code: "sources/memory-session",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-009", "RF-012"],
    title: { en: "Sessions are kept in memory", ja: "セッションがメモリに置かれている" },
    why: {
      en: "The default store forgets everybody at a restart, knows only the sessions of its own replica, and leaks memory by its own documentation.",
      ja: "既定のストアは再起動で全員の認証を失い、自分のレプリカのセッションしか知らず、公式にもメモリリークが明記されている。",
    },
    reason: {
      en: "{what} has no shared store, so sessions live in this process.",
      ja: "{what} に共有ストアがなく、セッションがこのプロセス内に置かれる。",
    },
    remedy: {
      en: "Give it a store that outlives the process: Redis, PostgreSQL or another shared one.",
      ja: "Redis や PostgreSQL など、プロセスより長く残る共有ストアを渡す。",
    },
    bad: `import express from "express";
import session from "express-session";
const app = express();
app.use(session({ secret: readSecret(), resave: false, saveUninitialized: false }));
`,
    good: `import express from "express";
import session from "express-session";
import { RedisStore } from "connect-redis";
import { redis } from "./redis.js";
const app = express();
app.use(session({ store: new RedisStore({ client: redis }), secret: readSecret(), resave: false, saveUninitialized: false }));
`,
  },
  gracefulStop: {
    code: "sources/no-graceful-stop",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005", "INV-007"],
    title: { en: "The server does not stop gracefully", ja: "サーバーが安全に停止しない" },
    why: {
      en: "On every deploy the orchestrator sends SIGTERM. A server that does not handle it cuts requests and transactions in the middle.",
      ja: "デプロイのたびにオーケストレーターは SIGTERM を送る。これを処理しないサーバーは、処理中のリクエストやトランザクションを途中で切る。",
    },
    reason: {
      en: "A server listens here and nothing in the given files handles SIGTERM.",
      ja: "ここでサーバーが待ち受けを始めるが、渡されたファイルのどこにも SIGTERM の処理がない。",
    },
    remedy: {
      en: "On SIGTERM stop accepting, finish what runs, close pools and consumers, then exit.",
      ja: "SIGTERM を受けたら受付を止め、処理中のものを終え、プールとコンシューマーを閉じてから終了する。",
    },
    bad: `import express from "express";
const app = express();
app.get("/healthz", (req, res) => res.send("ok"));
app.listen(3000);
`,
    good: `import express from "express";
const app = express();
app.get("/healthz", (req, res) => res.send("ok"));
const server = app.listen(3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`,
  },
});
