import { checks } from "../../check.ts";
import { asyncApi, order, versions } from "./examples.ts";

const SAME = versions(order(), order());
const schema = JSON.stringify(order());

const declared = (parts: object) => ({
  ...(versions(order(), order({ amount: { type: "string" } })) as Record<string, string>),
  "toban.check.json": JSON.stringify({
    events: { evolution: { changes: [{ event: "order-created", supportWindowDays: 90, ...parts }] } },
  }),
});
const COMPLETE = {
  compatibilityPeriod: { from: "2026-11-01", until: "2027-03-31" },
  stagedRelease: "https://ringiflow.example/releases/12",
  rollback: "docs/runbooks/rollback-12.md",
  migrationNotes: "docs/migrations/order-created-2.md",
};

/** What could not be decided, and breaking changes that were declared. */
export const INPUT_CHECKS = checks({
  evolutionIncomplete: {
    code: "events/evolution-incomplete",
    severity: "block",
    commitments: ["RF-141"],
    title: { en: "A declared breaking change lacks a part", ja: "破壊的変更の宣言に不足がある" },
    why: {
      en: "Without time for both versions, stages and a way back, the change cannot be undone once consumers fail.",
      ja: "互換期間・段階リリース・ロールバックが揃わなければ、読み手が壊れたときに戻せない。",
    },
    reason: {
      en: "The breaking change of {event} is declared, but this is missing: {missing}.",
      ja: "{event} の破壊的変更は宣言されているが、次が足りない: {missing}。",
    },
    remedy: {
      en: "Give compatibility period, staged release, rollback, support window and migration notes together.",
      ja: "互換期間・段階リリース・ロールバック・サポート期間・移行手順をすべて示す。",
    },
    bad: declared({ ...COMPLETE, rollback: "" }),
    good: declared(COMPLETE),
  },
  noBase: {
    code: "events/no-base",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "There is no base to compare with", ja: "比較元がない" },
    why: {
      en: "Compatibility is a relation: without the live versions nothing is known.",
      ja: "互換性は版どうしの関係であり、稼働中の版がなければ何も分からない。",
    },
    reason: {
      en: "No base was given, or one holds no files that can be read.",
      ja: "比較元が指定されていないか、読めるファイルがない。",
    },
    remedy: {
      en: "Keep every released version and name all of them before the revision.",
      ja: "リリース済みの版をすべて残し、改訂版の前に指定する。",
    },
    bad: { "revision/order-created.json": schema },
    good: SAME,
  },
  noRevision: {
    code: "events/no-revision",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "The revision holds no files", ja: "改訂版にファイルがない" },
    why: { en: "Nothing was compared.", ja: "何も比較されていない。" },
    reason: { en: "{name} holds no event contract.", ja: "{name} にイベント契約がない。" },
    remedy: { en: "Correct the path.", ja: "パスを直す。" },
    bad: { "base-1/order-created.json": schema },
    good: SAME,
  },
  noCounterpart: {
    code: "events/no-counterpart",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A base has nothing in common with the revision", ja: "比較元に対応するものがない" },
    why: { en: "Nothing was compared with this base.", ja: "この比較元とは何も比較されていない。" },
    reason: {
      en: "Nothing in {base} could be matched with this file by `$id`, file name or title.",
      ja: "{base} に、`$id`・ファイル名・title でこのファイルに対応するものがない。",
    },
    remedy: { en: "Give both the same file name or `$id`.", ja: "ファイル名か `$id` を揃える。" },
    bad: {
      "base-1.yaml": (asyncApi("", "") as Record<string, string>)["base-1/asyncapi.yaml"]!,
      "revision.json": schema,
    },
    good: SAME,
  },
  unreadableDocument: {
    code: "events/unreadable-document",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A contract cannot be read", ja: "契約を読めない" },
    why: {
      en: "What cannot be read cannot be compared; taking it for good would hide a break.",
      ja: "読めないものは比較できない。合格とみなせば、破壊を見逃す。",
    },
    reason: { en: "{file} cannot be read: {fault}.", ja: "{file} を読めない（{fault}）。" },
    remedy: { en: "Correct its syntax here.", ja: "この位置の構文を直す。" },
    bad: { "base-1/order-created.json": schema, "revision/order-created.json": schema.slice(0, -5) },
    good: SAME,
  },
  unknownDocument: {
    code: "events/unknown-document",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A file is no event contract that is known", ja: "イベント契約として認識できない" },
    why: { en: "It was not compared.", ja: "比較されていない。" },
    reason: {
      en: "{file} is neither a JSON Schema nor an AsyncAPI document with messages.",
      ja: "{file} は JSON Schema でも、メッセージを持つ AsyncAPI 文書でもない。",
    },
    remedy: {
      en: "Give JSON Schema (draft-07, 2019-09, 2020-12) or AsyncAPI 2.6 or 3; check Avro and Protobuf with their registry.",
      ja: "JSON Schema（draft-07・2019-09・2020-12）か AsyncAPI 2.6・3 を渡す。Avro と Protobuf はレジストリで検査する。",
    },
    bad: { "base-1/order-created.json": schema, "revision/order-created.json": '{ "hello": "world" }' },
    good: SAME,
  },
  unknownFormat: {
    code: "events/unknown-format",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A payload is in a format that cannot be compared", ja: "ペイロードの形式を比較できない" },
    why: {
      en: "It changed, and whether that breaks anybody is not known.",
      ja: "変更されたが、何かを壊すかどうか分からない。",
    },
    reason: {
      en: "{event}: the payload is {format} and is not the same.",
      ja: "{event}: ペイロード（{format}）が変わっている。",
    },
    remedy: { en: "Check it with the registry of its format.", ja: "その形式のレジストリで検査する。" },
    bad: {
      "base-1/asyncapi.yaml": avro('{"type":"record","name":"A","fields":[]}'),
      "revision/asyncapi.yaml": avro('{"type":"record","name":"B","fields":[]}'),
    },
    good: {
      "base-1/asyncapi.yaml": avro('{"type":"record","name":"A","fields":[]}'),
      "revision/asyncapi.yaml": avro('{"type":"record","name":"A","fields":[]}'),
    },
  },
  unresolvable: {
    code: "events/unresolvable-reference",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A reference leads nowhere", ja: "参照先がない" },
    why: { en: "What it points to was not compared.", ja: "参照先は比較されていない。" },
    reason: {
      en: "{name} cannot be found among the given files.",
      ja: "渡されたファイルの中に {name} がない。",
    },
    remedy: {
      en: "Correct it, or give the file that it names too.",
      ja: "参照を直すか、参照先のファイルも渡す。",
    },
    bad: versions(order(), order({ note: { $ref: "#/$defs/missing" } })),
    good: versions(
      order(),
      order({ note: { $ref: "#/$defs/note" } }, { $defs: { note: { type: "string" } } }),
    ),
  },
  tooComplex: {
    code: "events/undecidable",
    severity: "block",
    undecided: true,
    commitments: ["RF-140"],
    title: { en: "A change could not be judged", ja: "変更を判定できない" },
    why: {
      en: "The schema combines more alternatives than can be told apart.",
      ja: "スキーマの組み合わせが多すぎて判別できない。",
    },
    reason: {
      en: "{event}: whether {path} still takes the same values as in {base} cannot be decided.",
      ja: "{event}: {path} が受け入れる値が {base} と同じかどうか判定できない。",
    },
    remedy: {
      en: "Write it with fewer alternatives, or have it looked at and waived.",
      ja: "選択肢を減らして書くか、人が確認して免除する。",
    },
    bad: versions(
      order(),
      order({ note: { allOf: Array.from({ length: 4 }, (_, one) => alternatives(one)) } }),
    ),
    good: SAME,
  },
});

function avro(payload: string): string {
  return `asyncapi: 3.0.0
info: { title: Orders, version: 1.0.0 }
channels:
  orders:
    address: orders
    messages:
      Created:
        payload: { schemaFormat: application/vnd.apache.avro+json;version=1.9.0, schema: ${payload} }
`;
}

function alternatives(seed: number) {
  return { oneOf: Array.from({ length: 5 }, (_, one) => ({ type: "string", minLength: seed * 7 + one })) };
}
