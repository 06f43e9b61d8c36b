import { checks } from "../../check.ts";

/** What a service checks at its start and at its doors. */
export const ENTRANCE_CHECKS = checks({
  environmentUnchecked: {
    code: "sources/environment-unchecked",
    severity: "warn",
    commitments: ["INV-OPS-001", "INV-005", "GL-052"],
    title: { en: "Environment variables are not checked at the start", ja: "環境変数が起動時に検査されない" },
    why: {
      en: "A missing variable should refuse the start, where the rollout sees it, and not fail the first request that needs it at night.",
      ja: "変数の不足は起動を拒否してロールアウトで気づくべきで、夜間に最初の 1 件が失敗して気づくものではない。",
    },
    reason: {
      en: "`process.env.{name}` is used as it is and nothing in the given files checks the environment.",
      ja: "`process.env.{name}` がそのまま使われ、渡されたファイルのどこにも環境変数の検査がない。",
    },
    remedy: {
      en: "Read all variables once at the start through a schema (zod, envalid, …) and refuse to start when one is missing.",
      ja: "起動時にスキーマ（zod、envalid など）ですべての変数を一度だけ読み、足りなければ起動を拒否する。",
    },
    bad: `import { call } from "./call.js";
export async function lookup(id: string) {
  return call(process.env.LOOKUP_URL, id);
}
`,
    good: `import { z } from "zod";
import { call } from "./call.js";
const env = z.object({ LOOKUP_URL: z.string().url() }).parse(process.env);
export async function lookup(id: string) {
  return call(env.LOOKUP_URL, id);
}
`,
  },
  environmentAssumed: {
    code: "sources/environment-assumed",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005", "GL-052"],
    title: { en: "An environment variable is assumed to be there", ja: "環境変数があるものと決めつけている" },
    why: {
      en: "The cast silences the compiler, and the process starts and becomes ready with `undefined` for an address or a key.",
      ja: "キャストでコンパイラーを黙らせても、プロセスは接続先やキーが `undefined` のまま起動し、準備完了になってしまう。",
    },
    reason: {
      en: "`process.env.{name}` is declared present ({how}) and nothing in the given files checks it.",
      ja: "`process.env.{name}` を存在するものとして扱い（{how}）、渡されたファイルのどこでも検査していない。",
    },
    remedy: {
      en: "Check all variables at the start through a schema and refuse to start when one is missing.",
      ja: "起動時にスキーマですべての変数を検査し、足りなければ起動を拒否する。",
    },
    bad: `import { connect } from "./queue.js";
export const queue = connect(process.env.QUEUE_URL!);
`,
    good: `import { connect } from "./queue.js";
const url = process.env.QUEUE_URL;
if (!url) throw new Error("QUEUE_URL is missing");
export const queue = connect(url);
`,
  },
  secretDefault: {
    code: "sources/secret-default",
    severity: "block",
    commitments: ["INV-OPS-001", "RF-038"],
    title: { en: "A secret has a default in the code", ja: "秘密情報の既定値がコードにある" },
    why: {
      en: "When the variable is missing in production, the service starts with a secret that everybody with the source knows.",
      ja: "本番で変数が欠けると、ソースを読める全員が知る秘密でサービスが起動する。",
    },
    reason: {
      en: "`process.env.{name}` falls back to a literal.",
      ja: "`process.env.{name}` がない場合にリテラルが使われる。",
    },
    remedy: {
      en: "Refuse to start without it; give developers the value through their own environment.",
      ja: "なければ起動を拒否する。開発用の値は開発者の環境で与える。",
    },
    bad: `import { sign } from "./jwt.js";
const secret = process.env.JWT_SECRET || "dev-secret";
export const issue = (claims) => sign(claims, secret);
`,
    good: `import { sign } from "./jwt.js";
const secret = process.env.JWT_SECRET;
if (!secret) throw new Error("JWT_SECRET is missing");
export const issue = (claims) => sign(claims, secret);
`,
  },
  noPermission: {
    code: "sources/route-without-permission",
    severity: "block",
    commitments: ["INV-OPS-002", "RF-025"],
    title: {
      en: "A route that changes data asks nobody for permission",
      ja: "データを変更する経路に権限確認がない",
    },
    why: {
      en: "The other routes beside it are guarded; this one is open to whoever finds it.",
      ja: "隣の経路は守られているのに、この経路だけは見つけた人が誰でも使える。",
    },
    reason: {
      en: "{method} {path} has no check of permission, {because}.",
      ja: "{method} {path} に権限確認がない（{becauseJa}）。",
    },
    remedy: {
      en: "Put the same guard before its handler; if it is public on purpose, list it in `routes.public` of the settings.",
      ja: "同じガードをハンドラーの前に置く。意図して公開するなら設定の `routes.public` に載せる。",
    },
    bad: `import { Router } from "express";
import { requireRole } from "./auth.js";
import { documents } from "./documents.js";
export const router = Router();
router.put("/documents/:id", requireRole("editor"), documents.update);
router.delete("/documents/:id", documents.remove);
`,
    good: `import { Router } from "express";
import { requireRole } from "./auth.js";
import { documents } from "./documents.js";
export const router = Router();
router.put("/documents/:id", requireRole("editor"), documents.update);
router.delete("/documents/:id", requireRole("admin"), documents.remove);
`,
  },
  noLimiter: {
    code: "sources/route-without-limiter",
    severity: "block",
    commitments: ["RF-025", "SK-045"],
    title: { en: "A sensitive route has no rate limit", ja: "狙われやすい経路に流量制限がない" },
    why: {
      en: "Sign-in, password and code routes are guessed at machine speed, and every guess costs a slow hash.",
      ja: "ログイン・パスワード・確認コードの経路は機械的に総当たりされ、1 回ごとに重いハッシュ計算を強いられる。",
    },
    reason: {
      en: "{method} {path} has no limiter, {because}.",
      ja: "{method} {path} に流量制限がない（{becauseJa}）。",
    },
    remedy: {
      en: "Put a limiter with a shared store before the handler.",
      ja: "共有ストアを使う流量制限をハンドラーの前に置く。",
    },
    bad: `import { Router } from "express";
import { loginLimiter } from "./limits.js";
import { accounts } from "./accounts.js";
export const router = Router();
router.post("/login", loginLimiter, accounts.login);
router.post("/password/reset", accounts.reset);
`,
    good: `import { Router } from "express";
import { loginLimiter } from "./limits.js";
import { accounts } from "./accounts.js";
export const router = Router();
router.post("/login", loginLimiter, accounts.login);
router.post("/password/reset", loginLimiter, accounts.reset);
`,
  },
  openRoute: {
    code: "sources/route-guard-unknown",
    severity: "warn",
    commitments: ["RF-025", "SK-045"],
    title: { en: "No guard of a route is to be seen", ja: "経路のガードが見当たらない" },
    why: {
      en: "The whole application stands in the given files, and nothing in them asks who calls or how often.",
      ja: "アプリケーション全体が渡されたファイルにあるのに、誰が何回呼ぶかを確かめるものがない。",
    },
    reason: { en: "{method} {path} has no {guard}.", ja: "{method} {path} に{guardJa}がない。" },
    remedy: {
      en: "Add it, or list the route in `routes.public` of the settings when it is meant to be open.",
      ja: "追加する。意図して公開するなら設定の `routes.public` に載せる。",
    },
    bad: `import express from "express";
import { notes } from "./notes.js";
const app = express();
app.delete("/notes/:id", notes.remove);
app.listen(3000);
`,
    good: `import express from "express";
import { authenticate } from "./auth.js";
import { notes } from "./notes.js";
const app = express();
app.use(authenticate);
app.delete("/notes/:id", notes.remove);
app.listen(3000);
`,
  },
  predictableToken: {
    code: "sources/predictable-token",
    severity: "block",
    commitments: ["INV-OPS-005", "RF-055"],
    title: { en: "A secret is made from predictable numbers", ja: "予測できる乱数から秘密情報を作っている" },
    why: {
      en: "The engine's random numbers can be continued by anybody who has seen a few of them.",
      ja: "処理系の擬似乱数は、いくつか見た人なら続きを計算できる。",
    },
    reason: {
      en: "`{name}` is made with Math.random.",
      ja: "`{name}` が Math.random で作られている。",
    },
    remedy: {
      en: "Use crypto.randomBytes, crypto.randomInt or crypto.randomUUID.",
      ja: "crypto.randomBytes、crypto.randomInt、crypto.randomUUID を使う。",
    },
    bad: `export const newResetToken = () => Math${"."}random().toString(36).slice(2);
`,
    good: `import { randomBytes } from "node:crypto";
export const newResetToken = () => randomBytes(32).toString("base64url");
`,
  },
  unparseable: {
    code: "sources/unparseable",
    severity: "block",
    undecided: true,
    commitments: [],
    title: { en: "A source file cannot be parsed", ja: "ソースファイルを構文解析できない" },
    why: {
      en: "What cannot be read cannot be judged, and what was not judged has not passed.",
      ja: "読めないものは判断できず、判断していないものは合格ではない。",
    },
    reason: { en: "The parser stops here: {message}.", ja: "ここで構文解析が止まる: {message}。" },
    remedy: {
      en: "Correct the syntax, or leave the file out if it is no source of this service.",
      ja: "構文を直す。このサービスのソースでないなら対象から外す。",
    },
    bad: `export function broken( {
`,
    good: `export function whole() {}
`,
  },
});
