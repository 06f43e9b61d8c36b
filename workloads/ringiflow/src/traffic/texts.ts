import type { SubmitBody } from "../bff/api.ts";
import type { Chance } from "./random.ts";

const SUBJECTS: [title: string, body: string, category: SubmitBody["category"], yen: [number, number]][] = [
  ["ノートPCの購入", "老朽化した端末を入れ替えます。見積書を添付します。", "purchase", [80_000, 320_000]],
  [
    "会議室のモニター購入",
    "遠隔会議で資料が見えにくいため、大型モニターを購入します。",
    "purchase",
    [60_000, 180_000],
  ],
  ["検査装置の更新", "保守期限が切れる装置を更新します。", "purchase", [2_000_000, 6_000_000]],
  ["出張旅費（大阪）", "取引先との打ち合わせのための旅費です。", "expense", [20_000, 60_000]],
  ["研修の受講料", "品質管理の研修を受講します。", "expense", [30_000, 150_000]],
  ["展示会への出展", "秋の展示会に出展します。小間料と装飾費です。", "expense", [400_000, 900_000]],
  ["保守契約の更新", "基幹システムの保守契約を一年延長します。", "contract", [300_000, 1_500_000]],
  ["業務委託契約", "翻訳業務を外部へ委託します。", "contract", [50_000, 400_000]],
  ["契約社員の採用", "繁忙期に備えて一名採用します。", "hiring", [200_000, 350_000]],
  ["社内報の印刷", "年度末の社内報を印刷します。", "other", [10_000, 90_000]],
  ["Chairs for the new office", "Ten chairs; the quotation is attached.", "purchase", [90_000, 250_000]],
  ["Travel to the Singapore branch", "Three days, two people.", "expense", [250_000, 500_000]],
  ["Software licence renewal", "One more year for the design team.", "contract", [120_000, 700_000]],
];
const WORDS = ["購入", "契約", "旅費", "更新", "採用", "renewal", "office", "保守"];
const REMARKS = [
  "ご確認をお願いします。",
  "見積書の金額を確認しました。",
  "Please see the attachment.",
  "問題ありません。",
];
const REFUSALS = [
  "予算を超えているため見送ります。",
  "時期を改めて申請してください。",
  "Not within this year's budget.",
];
const RETURNS = [
  "金額の内訳を追記してください。",
  "相見積もりを添付してください。",
  "Please add a second quotation.",
];

/** Texts name things, never people. */
export function newRequest(chance: Chance): SubmitBody {
  const [title, body, category, [low, high]] = chance.pick(SUBJECTS);
  const attachments = chance.happens(0.6)
    ? [{ name: "見積書.pdf", size: chance.whole(20_000, 900_000), type: "application/pdf" }]
    : [];
  return { title, body, category, amountYen: chance.whole(low / 100, high / 100) * 100, attachments };
}

export const searchWord = (chance: Chance): string => chance.pick(WORDS);
export const remark = (chance: Chance): string => chance.pick(REMARKS);

export type Decision = { command: "approve" | "reject" | "return"; comment?: string };

/** Most are approved; the others need a reason. */
export function decision(chance: Chance): Decision {
  const roll = chance.next();
  if (roll < 0.84)
    return chance.happens(0.3) ? { command: "approve", comment: remark(chance) } : { command: "approve" };
  if (roll < 0.93) return { command: "reject", comment: chance.pick(REFUSALS) };
  return { command: "return", comment: chance.pick(RETURNS) };
}
