import { checks } from "../../check.ts";

/** Calls that leave the process, their repetition, and what becomes of their errors. */
export const CALL_CHECKS = checks({
  noTimeout: {
    code: "sources/outbound-without-timeout",
    severity: "block",
    commitments: ["INV-OPS-001", "RF-143", "SK-064"],
    title: { en: "An outbound call without a timeout", ja: "外部呼び出しにタイムアウトがない" },
    why: {
      en: "One slow dependency then holds requests, connections and memory until the whole service stops answering.",
      ja: "依存先が 1 つ遅くなるだけで、リクエスト・接続・メモリが占有され続け、サービス全体が応答しなくなる。",
    },
    reason: { en: "`{what}` waits without a limit.", ja: "`{what}` が上限なしに待つ。" },
    remedy: { en: "{how}", ja: "{howJa}" },
    bad: `export async function rate(day: string) {
  const response = await fetch("https://rates.example.com/" + day);
  return response.json();
}
`,
    good: `export async function rate(day: string) {
  const response = await fetch("https://rates.example.com/" + day, { signal: AbortSignal.timeout(5_000) });
  return response.json();
}
`,
  },
  clientNoTimeout: {
    code: "sources/client-without-timeout",
    severity: "warn",
    commitments: ["INV-OPS-001", "RF-143"],
    title: { en: "A client with its default timeouts", ja: "クライアントのタイムアウトが既定値のまま" },
    why: {
      en: "The defaults of this client wait for minutes or for ever; a hanging dependency then takes the service with it.",
      ja: "このクライアントの既定値は数分、または無期限に待つ。依存先が止まるとサービスも巻き込まれる。",
    },
    reason: {
      en: "`{what}` is created without {missing}.",
      ja: "`{what}` に {missing} が指定されていない。",
    },
    remedy: {
      en: "Set {missing} to what the caller can wait for.",
      ja: "{missing} を、呼び出し元が待てる長さに設定する。",
    },
    bad: `import { Pool } from "pg";
export const pool = new Pool({ max: 10 });
`,
    good: `import { Pool } from "pg";
export const pool = new Pool({ max: 10, connectionTimeoutMillis: 3_000, statement_timeout: 5_000 });
`,
  },
  unboundedRetry: {
    code: "sources/unbounded-retry",
    severity: "block",
    commitments: ["INV-OPS-001", "RF-144", "SK-064"],
    title: { en: "A retry without an end", ja: "終わりのないリトライ" },
    why: {
      en: "When the dependency stays down, every request that fails goes on for ever, and all of them together keep it down.",
      ja: "依存先が復旧しないと、失敗したリクエストが永久に繰り返され、それ自体が依存先の復旧を妨げる。",
    },
    reason: {
      en: "{what} repeats after a failure without a limit.",
      ja: "{what} が失敗後に上限なく繰り返す。",
    },
    remedy: {
      en: "Give up after a few attempts (at most 3 by the runbook) with growing, jittered delays, and let the error reach the caller or a dead-letter queue.",
      ja: "少ない回数（運用手順では最大 3 回）で、間隔を伸ばしばらつかせながら再試行し、だめならエラーを呼び出し元かデッドレターキューに渡す。",
    },
    bad: `import { send } from "./send.js";
export async function deliver(message) {
  while (true) {
    try {
      return await send(message);
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
`,
    good: `import { send } from "./send.js";
export async function deliver(message) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(message);
    } catch (error) {
      if (attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt));
    }
  }
}
`,
  },
  noBackoff: {
    code: "sources/retry-without-backoff",
    severity: "warn",
    commitments: ["INV-OPS-001", "SK-064"],
    title: { en: "A retry without a pause", ja: "待ち時間のないリトライ" },
    why: {
      en: "Attempts within milliseconds all meet the same fault and add load where it hurts.",
      ja: "数ミリ秒のうちの再試行は同じ障害に当たり、弱っている相手に負荷を足すだけになる。",
    },
    reason: { en: "{what} tries again at once.", ja: "{what} が間を置かずに再試行する。" },
    remedy: {
      en: "Wait between attempts, longer each time and with jitter.",
      ja: "試行の間に、回ごとに伸びるばらつきのある待ち時間を入れる。",
    },
    bad: `import { send } from "./send.js";
export async function deliver(message) {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await send(message);
    } catch (error) {
      if (attempt === 2) throw error;
    }
  }
}
`,
    good: `import { send } from "./send.js";
import { sleep } from "./sleep.js";
export async function deliver(message) {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return await send(message);
    } catch (error) {
      if (attempt === 2) throw error;
      await sleep(200 * 2 ** attempt);
    }
  }
}
`,
  },
  swallowed: {
    code: "sources/swallowed-error",
    severity: "warn",
    commitments: ["INV-OPS-005", "INV-028"],
    title: { en: "An error disappears", ja: "エラーが握りつぶされている" },
    why: {
      en: "Nobody will be able to say afterwards that this failed, let alone why.",
      ja: "失敗したことも、その原因も、後から誰にも分からない。",
    },
    reason: {
      en: "A failure of `{what}` is caught and nothing is done with it.",
      ja: "`{what}` の失敗を捕まえて、何もしていない。",
    },
    remedy: {
      en: "Log it with its cause or let it pass on; if it is expected, say why in a comment.",
      ja: "原因とともにログに残すか、上位に伝える。想定内なら理由をコメントに書く。",
    },
    bad: `import { saveOrder } from "./orders.js";
export async function place(order) {
  try {
    await saveOrder(order);
  } catch {}
}
`,
    good: `import { saveOrder } from "./orders.js";
import { logger } from "./logger.js";
export async function place(order) {
  try {
    await saveOrder(order);
  } catch (error) {
    logger.error({ err: error, orderId: order.id }, "order was not saved");
    throw error;
  }
}
`,
  },
  uncaught: {
    code: "sources/uncaught-exception-continues",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-005"],
    title: { en: "The process goes on after an uncaught exception", ja: "未捕捉の例外の後も動き続ける" },
    why: {
      en: "After an exception that nobody caught the state of the process is unknown: locks, transactions and listeners may be half done. Only a restart is sound.",
      ja: "誰も捕まえなかった例外の後は、ロックやトランザクションが中途半端かもしれず、プロセスの状態は不明である。再起動だけが安全である。",
    },
    reason: {
      en: "The handler of `uncaughtException` does not end the process.",
      ja: "`uncaughtException` の処理がプロセスを終了させない。",
    },
    remedy: {
      en: "Log it, then exit with a code other than 0, and let the orchestrator start a fresh process.",
      ja: "ログに残して 0 以外のコードで終了し、オーケストレーターに新しいプロセスを起動させる。",
    },
    bad: `import { logger } from "./logger.js";
process.on("uncaughtException", (error) => {
  logger.error(error);
});
`,
    good: `import { logger } from "./logger.js";
process.on("uncaughtException", (error) => {
  logger.fatal(error);
  process.exit(1);
});
`,
  },
});
