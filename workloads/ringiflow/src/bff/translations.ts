import type { FastifyInstance } from "fastify";
import { languageOf } from "../platform/answers.ts";

type Words = { reason: string; remedy: string };

/** What the shared front refuses in English, for readers of Japanese. */
const JAPANESE: Record<string, Words> = {
  session_missing: {
    reason: "サインインしていないか、セッションが終了しています。",
    remedy: "もう一度サインインしてください。",
  },
  sessions_unavailable: {
    reason: "ただいまセッションを確認できません。",
    remedy: "数秒待ってからもう一度お試しください。サインインの状態は保たれます。",
  },
  csrf_origin_missing: {
    reason: "送信元を確認できません。",
    remedy: "このサイトの画面から操作してください。",
  },
  csrf_origin_foreign: {
    reason: "ほかのサイトから送信された操作です。",
    remedy: "このサイトの画面を開いて操作してください。",
  },
  csrf_token_missing: {
    reason: "操作の確認トークンがありません。",
    remedy: "画面を再読み込みしてから操作してください。",
  },
  csrf_token_wrong: {
    reason: "操作の確認トークンが現在のセッションのものではありません。",
    remedy: "画面を再読み込みしてから操作してください。",
  },
  internal_error: {
    reason: "処理中に問題が発生しました。",
    remedy: "もう一度お試しください。続く場合は管理者に連絡してください。",
  },
};

export function translateRefusals(app: FastifyInstance): void {
  app.addHook("preSerialization", async (request, _reply, payload) => {
    const error = (payload as { error?: { code?: unknown } } | null)?.error;
    if (typeof error?.code !== "string" || languageOf(request.headers["accept-language"]) === "en")
      return payload;
    const words = JAPANESE[error.code];
    return words ? { error: { code: error.code, ...words } } : payload;
  });
}
