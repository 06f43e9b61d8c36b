import type { Refusal, Text } from "./model.ts";

const refuse =
  (kind: Refusal["kind"], code: string, reason: Text, remedy: Text) =>
  (): { ok: false; refusal: Refusal } => ({ ok: false, refusal: { kind, code, reason, remedy } });

const reload: Text = {
  en: "Reload the request and look at its present state.",
  ja: "申請を再読み込みして、現在の状態を確認してください。",
};

export const notFound = refuse(
  "not_found",
  "request_not_found",
  { en: "There is no such request.", ja: "この申請は見つかりません。" },
  { en: "Go back to the list and choose a request.", ja: "一覧に戻って申請を選び直してください。" },
);

export const alreadyExists = refuse(
  "conflict",
  "request_exists",
  { en: "This request has been submitted before.", ja: "この申請はすでに提出されています。" },
  reload,
);

export const versionConflict = refuse(
  "conflict",
  "version_conflict",
  {
    en: "Somebody changed this request since you opened it.",
    ja: "開いてからほかの人がこの申請を更新しました。",
  },
  {
    en: "Reload the request, then decide again.",
    ja: "申請を再読み込みしてから、もう一度操作してください。",
  },
);

export const notInReview = refuse(
  "conflict",
  "not_in_review",
  { en: "This request is not waiting for a decision.", ja: "この申請は承認待ちではありません。" },
  reload,
);

export const notReturned = refuse(
  "conflict",
  "not_returned",
  { en: "Only a returned request can be submitted again.", ja: "再提出できるのは差し戻された申請だけです。" },
  reload,
);

export const alreadyClosed = refuse(
  "conflict",
  "already_closed",
  { en: "This request is closed.", ja: "この申請はすでに完了しています。" },
  { en: "Submit a new request if it is still needed.", ja: "必要であれば新しい申請を提出してください。" },
);

export const notCurrentApprover = refuse(
  "forbidden",
  "not_current_approver",
  {
    en: "It is not your turn to decide on this request.",
    ja: "この申請の現在の承認者ではありません。",
  },
  {
    en: "Wait until the request reaches you, or ask the current approver.",
    ja: "順番が来るまで待つか、現在の承認者に連絡してください。",
  },
);

export const notApplicant = refuse(
  "forbidden",
  "not_applicant",
  { en: "Only the applicant may do this.", ja: "この操作は申請者本人だけができます。" },
  { en: "Ask the applicant to do it.", ja: "申請者本人に依頼してください。" },
);

export const selfApproval = refuse(
  "forbidden",
  "self_approval",
  { en: "Nobody decides on an own request.", ja: "自分の申請を自分で決裁することはできません。" },
  { en: "Ask another approver.", ja: "ほかの承認者に依頼してください。" },
);

export const notParticipant = refuse(
  "forbidden",
  "not_participant",
  {
    en: "Only the applicant and the approvers of this request comment on it.",
    ja: "コメントできるのは申請者と承認者だけです。",
  },
  { en: "Ask a participant to write the comment.", ja: "申請者か承認者に依頼してください。" },
);

export const commentMissing = refuse(
  "invalid",
  "comment_missing",
  { en: "A comment is needed here.", ja: "コメントの入力が必要です。" },
  { en: "Write the reason and send it again.", ja: "理由を書いてから、もう一度送信してください。" },
);

export const noApprover = refuse(
  "unprocessable",
  "no_approver",
  {
    en: "Nobody is responsible for a step of the approval route.",
    ja: "承認経路の担当者が決まっていません。",
  },
  {
    en: "Ask the administrator to name an approver.",
    ja: "管理者に承認者の登録を依頼してください。",
  },
);

export const unknownUser = refuse(
  "forbidden",
  "user_unknown",
  { en: "There is no such user.", ja: "このユーザーは登録されていません。" },
  { en: "Choose a user of the sign-in list.", ja: "サインイン画面の一覧からユーザーを選んでください。" },
);

export const keyReused = refuse(
  "unprocessable",
  "idempotency_key_reused",
  {
    en: "This idempotency key was used for another command.",
    ja: "この冪等キーは別の操作に使用されています。",
  },
  { en: "Send the command with a new key.", ja: "新しいキーで送信してください。" },
);

export const keyMissing = refuse(
  "invalid",
  "idempotency_key_missing",
  {
    en: "The idempotency-key header is missing or malformed.",
    ja: "idempotency-key ヘッダーがないか不正です。",
  },
  {
    en: "Send 8 to 128 letters, digits, '-', '_', '.' or ':'.",
    ja: "英数字と - _ . : を 8〜128 文字で送信してください。",
  },
);

export function invalidInput(fields: string[]): { ok: false; refusal: Refusal } {
  const list = fields.join(", ") || "body";
  return refuse(
    "invalid",
    "invalid_input",
    { en: `Some values cannot be accepted: ${list}.`, ja: `受け付けられない値があります: ${list}` },
    { en: "Correct them and send again.", ja: "修正してから、もう一度送信してください。" },
  )();
}

export const unavailable = refuse(
  "unavailable",
  "temporarily_unavailable",
  { en: "The service cannot answer now.", ja: "ただいまサービスを利用できません。" },
  {
    en: "Try again in a moment; nothing is lost and nothing is done twice.",
    ja: "少し待ってからもう一度お試しください。内容は失われず、二重に処理されることもありません。",
  },
);
