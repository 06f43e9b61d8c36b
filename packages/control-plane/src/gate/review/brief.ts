import { createHash } from "node:crypto";
import type { Refusal } from "../../platform/errors.ts";
import type { Text } from "../check.ts";
import type { Finding } from "../finding.ts";
import { type Adviser, askAdviser, printable } from "./advice.ts";
import type { ChangedFile } from "./diff.ts";
import { INVARIANTS } from "./invariants.ts";
import { type Mask, promptFor } from "./prompt.ts";
import { type Place, threatsOf } from "./threats.ts";

type Language = "en" | "ja";

export type Review = {
  files: { path: string; status: ChangedFile["status"]; added: number; removed: number }[];
  threats: {
    id: string;
    title: Text;
    says: Text;
    questions: readonly Text[];
    places: Place[];
    findings: Finding[];
    /** SHA-256 of what the adviser is given, or would be given, for this invariant (INV-031). */
    contextHash: string;
    advice: { model: string; text: string } | null;
    note: Refusal | null;
  }[];
  untouched: string[];
  /** SHA-256 over all contexts of this review. */
  contextHash: string;
  notes: Refusal[];
};

/**
 * Composes the brief for a change and, when there is an adviser, asks it once per threatened invariant. The advice is
 * text beside the brief: no verdict and no severity depends on it.
 */
export async function reviewChange(input: {
  files: readonly ChangedFile[];
  findings: readonly Finding[];
  language: Language;
  mask: Mask;
  adviser?: Adviser | undefined;
  notes?: readonly Refusal[];
}): Promise<Review> {
  const { files, language, mask, adviser } = input;
  const threats = threatsOf(files, input.findings);
  const answered = await Promise.all(
    threats.map(async (threat) => {
      const prompt = promptFor(threat, files, language, mask);
      const answer = adviser ? await askAdviser(adviser, prompt.messages) : undefined;
      const { id, title, says, questions } = threat.invariant;
      return {
        id,
        title,
        says,
        questions,
        places: threat.places,
        findings: threat.findings,
        contextHash: prompt.hash,
        advice: answer && "text" in answer && adviser ? { model: adviser.model, text: answer.text } : null,
        note: answer && "refusal" in answer ? answer.refusal : null,
      };
    }),
  );
  const threatened = new Set(threats.map((threat) => threat.invariant.id));
  const count = (file: ChangedFile, kind: "added" | "removed") =>
    file.hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind === kind).length, 0);
  return {
    files: files.map((file) => ({
      path: file.path,
      status: file.status,
      added: count(file, "added"),
      removed: count(file, "removed"),
    })),
    threats: answered,
    untouched: INVARIANTS.map(({ id }) => id).filter((id) => !threatened.has(id)),
    contextHash: createHash("sha256")
      .update(answered.map((threat) => threat.contextHash).join("\n"))
      .digest("hex"),
    notes: [...(input.notes ?? [])],
  };
}

const WORDS = {
  en: {
    none: "No operations invariant is visibly threatened by this change.",
    look: "Look at",
    ask: "Ask",
    found: "Checks found",
    advice: (model: string) => `Advice of ${model} (advice only, no verdict)`,
    untouched: "Not visibly touched",
    note: "Note",
    context: "context sha256",
  },
  ja: {
    none: "この変更が脅かす運用インバリアントは見当たらない。",
    look: "見る場所",
    ask: "確認すること",
    found: "検査の指摘",
    advice: (model: string) => `${model} の助言（助言であり、判定ではない）`,
    untouched: "影響が見当たらないもの",
    note: "補足",
    context: "コンテキスト sha256",
  },
};
const MAX_PLACES = 20;

/** The brief as Markdown, which reads well in a terminal and in a pull request. */
export function briefText(review: Review, language: Language): string {
  const words = WORDS[language];
  const changed = review.files.map((file) => `- ${file.path} (+${file.added} −${file.removed})`);
  const lines =
    language === "ja"
      ? [`# レビュー観点: ${review.files.length} ファイル`]
      : [`# Review brief: ${review.files.length} file${review.files.length === 1 ? "" : "s"}`];
  lines.push("", ...changed.slice(0, 50));
  if (review.threats.length === 0) lines.push("", words.none);
  for (const threat of review.threats) {
    lines.push("", `## ${threat.id} ${threat.title[language]}`, "", threat.says[language]);
    if (threat.places.length > 0) {
      lines.push("", `${words.look}:`);
      for (const place of threat.places.slice(0, MAX_PLACES)) {
        const end = place.endLine > place.line ? `-${place.endLine}` : "";
        lines.push(`- ${place.path}:${place.line}${end} ${place.because[language]}`);
      }
      if (threat.places.length > MAX_PLACES) lines.push(`- … +${threat.places.length - MAX_PLACES}`);
    }
    if (threat.findings.length > 0) {
      lines.push("", `${words.found}:`);
      for (const finding of threat.findings) {
        lines.push(
          `- ${finding.severity} ${finding.code} ${finding.path}:${finding.line} ${finding.reason[language]}`,
        );
      }
    }
    lines.push("", `${words.ask}:`, ...threat.questions.map((question) => `- ${question[language]}`));
    if (threat.advice) {
      lines.push(
        "",
        `${words.advice(threat.advice.model)}:`,
        ...threat.advice.text.split("\n").map((line) => `> ${line}`),
      );
    }
    if (threat.note)
      lines.push("", `${words.note}: ${threat.note.code}: ${threat.note.reason} → ${threat.note.remedy}`);
    lines.push("", `${words.context}: ${threat.contextHash}`);
  }
  if (review.untouched.length > 0) lines.push("", `${words.untouched}: ${review.untouched.join(", ")}`);
  for (const note of review.notes)
    lines.push("", `${words.note}: ${note.code}: ${note.reason} → ${note.remedy}`);
  return printable(lines.join("\n"));
}
