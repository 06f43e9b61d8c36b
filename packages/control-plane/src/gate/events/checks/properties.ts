import { checks } from "../../check.ts";
import { order, versions } from "./examples.ts";

const COMMITMENTS = ["RF-140", "RF-141"];
const CLOSED = { additionalProperties: false };
const ADDITIVE = versions(order(), order({ coupon: { type: "string" } }));

/** Properties that come, go, or change how much readers may count on them. */
export const PROPERTY_CHECKS = checks({
  requiredPropertyAdded: {
    code: "events/required-property-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A new property is required", ja: "必須プロパティの追加" },
    why: {
      en: "Events that are stored or under way lack it: new readers refuse them, also at every replay.",
      ja: "保存済み・配送中のイベントには含まれない。新しい読み手は再処理のたびにそれらを拒否する。",
    },
    reason: {
      en: "{event}: {path} is required now, and events of {base} do not have it.",
      ja: "{event}: {path} が必須になったが、{base} のイベントにはない。",
    },
    remedy: {
      en: "Add it as optional and let readers cope without it, or publish a new event type beside the old one.",
      ja: "任意として追加し、読み手がない場合を扱う。または旧イベントと並行して新しいイベント型を出す。",
    },
    bad: versions(
      order(),
      order({ coupon: { type: "string" } }, { required: ["orderId", "amount", "coupon"] }),
    ),
    good: ADDITIVE,
  },
  requiredPropertyRemoved: {
    code: "events/required-property-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A required property was removed", ja: "必須プロパティの削除" },
    why: {
      en: "Consumers of the old version count on it in every event and fail on the first one without it.",
      ja: "旧版の読み手は必ずあるものとして扱い、欠けた最初のイベントで失敗する。",
    },
    reason: {
      en: "{event}: {path} is gone; readers of {base} require it.",
      ja: "{event}: {path} がなくなった。{base} の読み手には必須。",
    },
    remedy: {
      en: "Keep sending it until no live version requires it, or publish a new event type beside the old one.",
      ja: "必須とする版がなくなるまで送り続ける。または旧イベントと並行して新しいイベント型を出す。",
    },
    bad: versions(order(), order({ amount: undefined }, { required: ["orderId"] })),
    good: versions(order(), order({ note: undefined })),
  },
  propertyBecameRequired: {
    code: "events/property-became-required",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An optional property became required", ja: "任意プロパティの必須化" },
    why: {
      en: "Events that were rightly written without it cannot be read any more.",
      ja: "それを持たずに正しく書かれたイベントが読めなくなる。",
    },
    reason: {
      en: "{event}: {path} is required now; events of {base} may lack it.",
      ja: "{event}: {path} が必須になった。{base} のイベントには欠けるものがある。",
    },
    remedy: {
      en: "Leave it optional in the contract and always send it; readers keep a fallback.",
      ja: "契約では任意のまま常に送り、読み手は欠けた場合の扱いを残す。",
    },
    bad: versions(order(), order({}, { required: ["orderId", "amount", "note"] })),
    good: versions(order(), order({}, { required: ["amount", "orderId"] })),
  },
  propertyBecameOptional: {
    code: "events/property-became-optional",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A required property became optional", ja: "必須プロパティの任意化" },
    why: {
      en: "Readers of the old version count on it and fail on the first event that lacks it.",
      ja: "旧版の読み手は必ずあるものとして扱い、欠けた最初のイベントで失敗する。",
    },
    reason: {
      en: "{event}: {path} may be left out now; readers of {base} require it.",
      ja: "{event}: {path} を省けるようになった。{base} の読み手には必須。",
    },
    remedy: {
      en: "Keep it required while such readers are live.",
      ja: "その読み手が動いている間は必須のままにする。",
    },
    bad: versions(order(), order({}, { required: ["orderId"] })),
    good: versions(order(), order({}, { required: ["amount", "orderId"] })),
  },
  propertyRenamed: {
    code: "events/property-renamed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property was renamed", ja: "プロパティの改名" },
    why: {
      en: "Old readers find nothing under the old name and new readers nothing under the new one; nobody notices.",
      ja: "旧い読み手は旧名で、新しい読み手は新名で値を見つけられず、誰も気付かない。",
    },
    reason: {
      en: "{event}: {path} of {base} is now called {to}.",
      ja: "{event}: {base} の {path} が {to} に変わった。",
    },
    remedy: {
      en: "Add the new name as optional, send both, and drop the old one when nobody reads it any more.",
      ja: "新名を任意で追加して両方を送り、誰も読まなくなってから旧名を外す。",
    },
    bad: versions(
      order(),
      order({ orderId: undefined, order_id: { type: "string" } }, { required: ["order_id", "amount"] }),
    ),
    good: versions(order(), order({ order_id: { type: "string" } })),
  },
  propertyAddedToClosed: {
    code: "events/property-added-to-closed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property was added to a closed object", ja: "閉じたオブジェクトへのプロパティ追加" },
    why: {
      en: "The old schema says `additionalProperties: false`: its readers refuse every event with the new property.",
      ja: "旧スキーマは `additionalProperties: false` なので、その読み手は新しいプロパティを持つイベントをすべて拒否する。",
    },
    reason: {
      en: "{event}: {path} is new, and {base} does not take it as a property beside its own.",
      ja: "{event}: {path} が追加されたが、{base} は未宣言のプロパティとして受け入れない。",
    },
    remedy: {
      en: "Publish a new event type. Leave `additionalProperties` out of schemas of events from the start.",
      ja: "新しいイベント型として出す。イベントのスキーマには初めから `additionalProperties` を書かない。",
    },
    bad: versions(order({}, CLOSED), order({ coupon: { type: "string" } }, CLOSED)),
    good: ADDITIVE,
  },
  propertyRemovedFromClosed: {
    code: "events/property-removed-from-closed",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "A property was removed from a closed object",
      ja: "閉じたオブジェクトからのプロパティ削除",
    },
    why: {
      en: "New readers allow no unknown properties and refuse stored events that have this one.",
      ja: "新しい読み手は未宣言のプロパティを許さず、これを持つ保存済みイベントを拒否する。",
    },
    reason: {
      en: "{event}: {path} is gone from a closed object; events of {base} may have it.",
      ja: "{event}: 閉じたオブジェクトから {path} がなくなった。{base} のイベントには含まれ得る。",
    },
    remedy: {
      en: "Leave it declared, as optional and deprecated.",
      ja: "任意・非推奨として宣言を残す。",
    },
    bad: versions(order({}, CLOSED), order({ note: undefined }, CLOSED)),
    good: versions(order(), order({ note: undefined })),
  },
  contentClosed: {
    code: "events/content-closed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Additional properties are refused now", ja: "未宣言プロパティの禁止" },
    why: {
      en: "Events with additional properties were valid; new readers refuse them.",
      ja: "未宣言のプロパティを持つイベントは正しかったのに、新しい読み手が拒否する。",
    },
    reason: {
      en: "{event}: {path} takes fewer additional properties than in {base}.",
      ja: "{event}: {path} が受け入れる追加のプロパティが {base} より狭い。",
    },
    remedy: { en: "Keep the object open.", ja: "オブジェクトを開いたままにする。" },
    bad: versions(order(), order({}, CLOSED)),
    good: versions(order(), order({}, { additionalProperties: true })),
  },
  contentOpened: {
    code: "events/content-opened",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Additional properties are allowed now", ja: "未宣言プロパティの解禁" },
    why: {
      en: "Readers of the closed version refuse events that make use of it.",
      ja: "閉じた版の読み手は、追加プロパティを持つイベントを拒否する。",
    },
    reason: {
      en: "{event}: {path} takes more additional properties than in {base}.",
      ja: "{event}: {path} が受け入れる追加のプロパティが {base} より広い。",
    },
    remedy: {
      en: "Open the schema of the readers first, and let it be live everywhere before a writer uses it.",
      ja: "先に読み手のスキーマを開き、全体に行き渡ってから書き手が使う。",
    },
    bad: versions(order({}, CLOSED), order()),
    good: versions(order({}, CLOSED), order({}, CLOSED)),
  },
  propertyAdded: {
    code: "events/property-added",
    severity: "info",
    commitments: ["RF-140"],
    title: { en: "An optional property was added", ja: "任意プロパティの追加" },
    why: {
      en: "In an open object somebody may have sent the name already, with another type.",
      ja: "開いたオブジェクトでは、同じ名前が別の型で既に送られているかもしれない。",
    },
    reason: { en: "{event}: {path} is new and optional.", ja: "{event}: 任意の {path} が追加された。" },
    remedy: {
      en: "Nothing to do, unless a producer already sent something else under this name.",
      ja: "この名前で別のものを送っていた書き手がいなければ対応は不要。",
    },
    bad: ADDITIVE,
    good: versions(order(), order()),
  },
  propertyRemoved: {
    code: "events/property-removed",
    severity: "info",
    commitments: ["RF-140"],
    title: { en: "An optional property was removed", ja: "任意プロパティの削除" },
    why: {
      en: "Readers had to cope without it already; a later version must not give the name another type.",
      ja: "読み手はない場合を扱えるはずだが、後の版が同じ名前を別の型で使ってはならない。",
    },
    reason: {
      en: "{event}: the optional {path} of {base} is gone.",
      ja: "{event}: {base} の任意の {path} がなくなった。",
    },
    remedy: {
      en: "Keep every version under check as a base, so that the name never comes back as something else.",
      ja: "過去の版をすべて比較元に残し、同じ名前が別物として戻らないようにする。",
    },
    bad: versions(order(), order({ note: undefined })),
    good: versions(order(), order()),
  },
  defaultChanged: {
    code: "events/default-changed",
    severity: "warn",
    commitments: ["RF-140"],
    title: { en: "A default changed", ja: "既定値の変更" },
    why: {
      en: "Readers that fill in defaults understand one and the same event differently.",
      ja: "既定値を補う読み手の間で、同じイベントの意味が変わる。",
    },
    reason: {
      en: "{event}: the default of {path} was {from} in {base} and is {to}.",
      ja: "{event}: {path} の既定値が {base} の {from} から {to} に変わった。",
    },
    remedy: { en: "Send the value explicitly.", ja: "値を明示して送る。" },
    bad: versions(
      order({ note: { type: "string", default: "a" } }),
      order({ note: { type: "string", default: "b" } }),
    ),
    good: versions(
      order({ note: { type: "string", default: "a" } }),
      order({ note: { type: "string", default: "a" } }),
    ),
  },
  defaultCounted: {
    code: "events/default-counted",
    severity: "info",
    commitments: ["RF-140"],
    title: { en: "A default stands in for a missing property", ja: "既定値による補完" },
    why: {
      en: "It holds only while every reader really fills in defaults; JSON Schema validators do not by themselves.",
      ja: "すべての読み手が既定値を補う場合にだけ成り立つ。JSON Schema の検証器は自動では補わない。",
    },
    reason: {
      en: "{event}: {path} is required on one side only and has a default, which counts by `defaultsCount`.",
      ja: "{event}: {path} は片方の版でだけ必須だが、既定値がある（`defaultsCount` により有効）。",
    },
    remedy: {
      en: "Make sure that all readers apply defaults.",
      ja: "全読み手が既定値を補うことを確かめる。",
    },
    bad: {
      ...(versions(
        order(),
        order({ coupon: { type: "string", default: "" } }, { required: ["orderId", "amount", "coupon"] }),
      ) as Record<string, string>),
      "toban.check.json": JSON.stringify({ events: { defaultsCount: true } }),
    },
    good: ADDITIVE,
  },
});
