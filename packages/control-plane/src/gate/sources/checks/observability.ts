import { checks } from "../../check.ts";

/** What logs must not say, and what they must. */
export const OBSERVABILITY_CHECKS = checks({
  secretLogged: {
    code: "sources/secret-in-log",
    severity: "block",
    commitments: ["INV-OPS-005", "INV-026", "RF-055", "RF-099"],
    title: { en: "A secret goes to the log", ja: "秘密情報がログに出る" },
    why: {
      en: "Logs are copied, kept for a year and read by many. A secret in them is a secret no more and has to be changed everywhere.",
      ja: "ログは複製され、1 年保管され、多くの人が読む。そこに出た秘密は秘密ではなくなり、すべて変更しなければならない。",
    },
    reason: { en: "`{what}` is written to the log as it is.", ja: "`{what}` がそのままログに書かれる。" },
    remedy: {
      en: "Leave it out, or log whether it is there; if it must be told apart, log a hash or mask().",
      ja: "出さない、または有無だけを出す。区別が要るならハッシュか mask() した値を出す。",
    },
    bad: `import { logger } from "./logger.js";
export function signedIn(user, accessToken) {
  logger.info({ userId: user.id, accessToken }, "signed in");
}
`,
    good: `import { logger } from "./logger.js";
export function signedIn(user, accessToken) {
  logger.info({ userId: user.id, hasToken: Boolean(accessToken) }, "signed in");
}
`,
  },
  personalLogged: {
    code: "sources/personal-data-in-log",
    severity: "block",
    commitments: ["INV-OPS-005", "INV-026", "RF-099"],
    title: { en: "Personal data goes to the log", ja: "個人情報がログに出る" },
    why: {
      en: "Personal data in logs escapes erasure, access control and retention rules, and a leak of logs becomes a leak of people.",
      ja: "ログに出た個人情報は、削除・アクセス制御・保管期間の決まりから外れ、ログの漏えいがそのまま個人情報の漏えいになる。",
    },
    reason: { en: "`{what}` is written to the log as it is.", ja: "`{what}` がそのままログに書かれる。" },
    remedy: {
      en: "Log an id instead, or mask() the value.",
      ja: "代わりに ID を出すか、mask() した値を出す。",
    },
    bad: `import { logger } from "./logger.js";
export function registered(user) {
  logger.info("registered " + user.email);
}
`,
    good: `import { logger } from "./logger.js";
export function registered(user) {
  logger.info({ userId: user.id }, "registered");
}
`,
  },
  wholeObject: {
    code: "sources/whole-object-in-log",
    severity: "warn",
    commitments: ["INV-OPS-005", "INV-026"],
    title: { en: "A whole person goes to the log", ja: "人を表すオブジェクトがそのままログに出る" },
    why: {
      en: "Whatever fields the object has today or gets tomorrow are logged.",
      ja: "今あるフィールドも、今後増えるフィールドも、すべてログに出る。",
    },
    reason: {
      en: "The object `{what}` is logged with all its fields.",
      ja: "オブジェクト `{what}` が全フィールドごとログに出る。",
    },
    remedy: { en: "Log its id only.", ja: "ID だけを出す。" },
    bad: `import { logger } from "./logger.js";
export function updated(customer) {
  logger.info({ customer }, "updated");
}
`,
    good: `import { logger } from "./logger.js";
export function updated(customer) {
  logger.info({ customerId: customer.id }, "updated");
}
`,
  },
  eventUnobserved: {
    code: "sources/business-event-unobserved",
    severity: "block",
    commitments: ["INV-OPS-005", "INV-025"],
    title: { en: "A business event leaves no trace", ja: "業務イベントが記録を残さない" },
    why: {
      en: "The event was declared to matter. Without a log line or a metric nobody sees that it has stopped or tripled.",
      ja: "重要だと宣言されたイベントである。ログもメトリクスもなければ、止まっても 3 倍になっても誰も気づかない。",
    },
    reason: {
      en: "`{function}`, the business event “{event}”, contains neither a log call nor a metric.",
      ja: "業務イベント「{event}」の `{function}` に、ログもメトリクスもない。",
    },
    remedy: { en: "Log it with its ids, or count it.", ja: "ID とともにログに残すか、メトリクスで数える。" },
    bad: `import { db } from "./db.js";
/** @businessEvent request.approved */
export async function approveRequest(id) {
  await db.query("UPDATE requests SET state = 'approved' WHERE id = $1", [id]);
}
`,
    good: `import { db } from "./db.js";
import { logger } from "./logger.js";
/** @businessEvent request.approved */
export async function approveRequest(id) {
  await db.query("UPDATE requests SET state = 'approved' WHERE id = $1", [id]);
  logger.info({ requestId: id }, "request approved");
}
`,
  },
  eventMissing: {
    code: "sources/business-event-missing",
    severity: "block",
    undecided: true,
    commitments: ["INV-OPS-005", "INV-025"],
    title: {
      en: "A declared business event has no function",
      ja: "宣言された業務イベントの関数が見つからない",
    },
    why: {
      en: "Its function was renamed, moved or removed; whether the event is still observed cannot be said.",
      ja: "関数が改名・移動・削除されている。イベントがまだ観測されているかを判断できない。",
    },
    reason: {
      en: "No function of the given files is `{function}`, which the business event “{event}” names.",
      ja: "業務イベント「{event}」が指す `{function}` が、渡されたファイルの中にない。",
    },
    remedy: {
      en: "Correct `businessEvents` in the settings, or give the file that holds the function.",
      ja: "設定の `businessEvents` を直すか、関数のあるファイルを渡す。",
    },
    bad: `/** @businessEvent request.withdrawn */
export const LIMIT = 3;
`,
    good: `import { logger } from "./logger.js";
/** @businessEvent request.withdrawn */
export function withdrawn(id: string) {
  logger.info({ requestId: id }, "withdrawn");
}
`,
  },
});
