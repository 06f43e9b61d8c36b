// What may be sent, decided before it is sent. The server decides again.
import type { Attachment, Category, SubmitBody } from "./api.ts";

export const CATEGORIES: readonly Category[] = ["purchase", "expense", "contract", "hiring", "other"];
export const MAX_AMOUNT_YEN = 999_999_999_999;
export const MAX_ATTACHMENTS = 20;
const MAX_TITLE = 200;
const MAX_BODY = 10_000;

export type Draft = {
  title: string;
  body: string;
  category: Category | "";
  amountYen: number | "";
  attachments: Attachment[];
};

export const emptyDraft: Draft = { title: "", body: "", category: "", amountYen: "", attachments: [] };

/** Keys of the catalogue below `form.problem`. */
export type Problem =
  | "titleMissing"
  | "titleLong"
  | "bodyLong"
  | "categoryMissing"
  | "amountMissing"
  | "amountOutside"
  | "tooManyFiles";

export type Checked =
  | { ok: true; body: SubmitBody }
  | { ok: false; problems: Partial<Record<keyof Draft, Problem>> };

export function checkDraft(draft: Draft): Checked {
  const problems: Partial<Record<keyof Draft, Problem>> = {};
  const title = draft.title.trim();
  const { category, amountYen, attachments } = draft;
  if (title === "") problems.title = "titleMissing";
  else if (title.length > MAX_TITLE) problems.title = "titleLong";
  if (draft.body.trim().length > MAX_BODY) problems.body = "bodyLong";
  if (category === "") problems.category = "categoryMissing";
  if (amountYen === "") problems.amountYen = "amountMissing";
  else if (!Number.isInteger(amountYen) || amountYen < 0 || amountYen > MAX_AMOUNT_YEN) {
    problems.amountYen = "amountOutside";
  }
  if (attachments.length > MAX_ATTACHMENTS) problems.attachments = "tooManyFiles";
  if (category === "" || amountYen === "" || Object.keys(problems).length > 0) return { ok: false, problems };
  return { ok: true, body: { title, body: draft.body.trim(), category, amountYen, attachments } };
}

/** Only what describes the file; its contents stay on the person's machine. */
export function describeFile(file: { name: string; size: number; type: string }): Attachment {
  const isPlainType = /^[\w.+-]+\/[\w.+-]+$/.test(file.type);
  return { name: file.name, size: file.size, type: isPlainType ? file.type : "application/octet-stream" };
}
