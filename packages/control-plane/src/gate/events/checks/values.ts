import { checks } from "../../check.ts";
import { order, versions } from "./examples.ts";

const COMMITMENTS = ["RF-140", "RF-141"];
const status = (...values: string[]) => order({ status: { type: "string", enum: values } });
const note = (schema: object) => order({ note: { type: "string", ...schema } });
const kind = (value: string) => order({ eventType: { const: value } });
const branches = (...types: string[]) => order({ payment: { oneOf: types.map((type) => ({ type })) } });
const SAME = versions(note({ maxLength: 100 }), note({ maxLength: 100, description: "For the warehouse." }));

/** What values may stand in properties that stay. */
export const VALUE_CHECKS = checks({
  typeChanged: {
    code: "events/type-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A type changed", ja: "型の変更" },
    why: {
      en: "One side refuses what the other writes: readers break, or misread, events of the other version.",
      ja: "片方が書いたものをもう片方が拒否する。読み手は他方の版のイベントで失敗するか、誤読する。",
    },
    reason: {
      en: "{event}: {path} is {to}; it was {from} in {base}.",
      ja: "{event}: {path} の型が {base} の {from} から {to} に変わった。",
    },
    remedy: {
      en: "Add a property of the new type under a new name and send both.",
      ja: "新しい型のプロパティを別名で追加し、両方を送る。",
    },
    // The name was free in the version before: only the first base shows that it had another type.
    bad: versions(order(), order({ note: undefined }), order({ note: { type: "integer" } })),
    good: versions(order(), order({ note: undefined }), order()),
  },
  nullabilityChanged: {
    code: "events/nullability-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Null is newly allowed or refused", ja: "null の可否の変更" },
    why: {
      en: "Allowed newly, old readers fail on null; refused newly, stored events with null cannot be read.",
      ja: "新たに許せば旧い読み手が null で失敗し、新たに禁じれば null を持つ保存済みイベントが読めない。",
    },
    reason: {
      en: "{event}: whether {path} may be null is not what it was in {base}.",
      ja: "{event}: {path} が null を許すかどうかが {base} と異なる。",
    },
    remedy: {
      en: "Leave it as it was; add a new property where the meaning changed.",
      ja: "元のままにする。意味が変わるなら新しいプロパティを追加する。",
    },
    bad: versions(order(), order({ amount: { type: ["integer", "null"] } })),
    good: versions(
      order({ note: { type: ["string", "null"] } }),
      order({ note: { anyOf: [{ type: "null" }, { type: "string" }] } }),
    ),
  },
  enumValueAdded: {
    code: "events/enum-value-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An enumeration got a new value", ja: "列挙値の追加" },
    why: {
      en: "Readers of the old version do not know the value and refuse the event.",
      ja: "旧版の読み手は新しい値を知らず、イベントを拒否する。",
    },
    reason: {
      en: "{event}: {path} may be {value} now; readers of {base} do not know it.",
      ja: "{event}: {path} に {value} が加わった。{base} の読み手は知らない。",
    },
    remedy: {
      en: "Declare the set with `x-extensible-enum` from the start, or publish a new event type.",
      ja: "初めから `x-extensible-enum` で宣言しておくか、新しいイベント型として出す。",
    },
    bad: versions(status("open", "paid"), status("open", "paid", "void")),
    good: versions(
      order({ status: { type: "string", "x-extensible-enum": ["open", "paid"] } }),
      order({ status: { type: "string", "x-extensible-enum": ["open", "paid", "void"] } }),
    ),
  },
  enumValueRemoved: {
    code: "events/enum-value-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An enumeration lost a value", ja: "列挙値の削除" },
    why: {
      en: "Stored events that hold the value cannot be read any more, also at every replay.",
      ja: "その値を持つ保存済みイベントが、再処理でも読めなくなる。",
    },
    reason: {
      en: "{event}: {path} does not take {value} any more; events of {base} may hold it.",
      ja: "{event}: {path} が {value} を受け付けなくなった。{base} のイベントには含まれ得る。",
    },
    remedy: { en: "Keep the value readable; stop writing it.", ja: "書くのをやめ、読める状態は残す。" },
    bad: versions(status("open", "paid"), status("open")),
    good: versions(status("open", "paid"), status("paid", "open")),
  },
  discriminatorChanged: {
    code: "events/discriminator-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The constant that names the event changed", ja: "イベント型を示す定数の変更" },
    why: {
      en: "Readers choose by it what they do: old ones pass over the new events, new ones over stored events.",
      ja: "読み手はこの値で処理を選ぶ。旧い読み手は新しいイベントを、新しい読み手は保存済みイベントを取りこぼす。",
    },
    reason: {
      en: "{event}: {path} is another constant than in {base} ({value}).",
      ja: "{event}: {path} の定数が {base} と異なる（{value}）。",
    },
    remedy: {
      en: "Leave this event as it is and add the new type or version as an event of its own.",
      ja: "このイベントはそのままにし、新しい型・版は別のイベントとして追加する。",
    },
    bad: versions(kind("order.created.v1"), kind("order.created.v2")),
    good: versions(kind("order.created.v1"), order({ eventType: { enum: ["order.created.v1"] } })),
  },
  constraintTightened: {
    code: "events/constraint-tightened",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A constraint became tighter", ja: "制約の強化" },
    why: {
      en: "Stored events that were valid are refused by new readers, also at every replay.",
      ja: "正しかった保存済みイベントを、新しい読み手が再処理でも拒否する。",
    },
    reason: {
      en: "{event}: {path} takes fewer values than in {base}{detail}.",
      ja: "{event}: {path} が受け入れる値が {base} より狭い{detail}。",
    },
    remedy: {
      en: "Check new events where they are written; leave the contract as it was.",
      ja: "契約は元のままにし、書き手の側で検査する。",
    },
    bad: versions(note({ maxLength: 100 }), note({ maxLength: 50 })),
    good: SAME,
  },
  constraintRelaxed: {
    code: "events/constraint-relaxed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A constraint became looser", ja: "制約の緩和" },
    why: {
      en: "Readers of the old version refuse values that are allowed now; their columns may be too short for them.",
      ja: "旧版の読み手は新たに許された値を拒否する。列の長さが足りないこともある。",
    },
    reason: {
      en: "{event}: {path} takes more values than in {base}{detail}.",
      ja: "{event}: {path} が受け入れる値が {base} より広い{detail}。",
    },
    remedy: {
      en: "Leave it while readers of the old version are live, or publish a new event type.",
      ja: "旧版の読み手が動いている間はそのままにする。または新しいイベント型として出す。",
    },
    bad: versions(note({ maxLength: 100 }), note({ maxLength: 200 })),
    good: SAME,
  },
  constraintChanged: {
    code: "events/constraint-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A pattern, format or condition changed", ja: "パターン・形式・条件の変更" },
    why: {
      en: "What one version writes the other may refuse.",
      ja: "片方の版が書いたものを、もう片方が拒否し得る。",
    },
    reason: {
      en: "{event}: {path} demands something else than in {base}{detail}.",
      ja: "{event}: {path} への要求が {base} と異なる{detail}。",
    },
    remedy: {
      en: "Leave it as it was; add a property under a new name for the new form.",
      ja: "元のままにし、新しい形式は別名のプロパティで追加する。",
    },
    bad: versions(note({ format: "date" }), note({ format: "date-time" })),
    good: SAME,
  },
  branchAdded: {
    code: "events/branch-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A union got a new branch", ja: "共用体への選択肢の追加" },
    why: {
      en: "Readers of the old version know none of the branches that the new events take.",
      ja: "旧版の読み手は、新しいイベントが使う選択肢を知らない。",
    },
    reason: {
      en: "{event}: {path} may be {name} now; readers of {base} know no such branch.",
      ja: "{event}: {path} に選択肢 {name} が加わった。{base} の読み手は知らない。",
    },
    remedy: {
      en: "Publish it as an event or message of its own.",
      ja: "独立したイベントまたはメッセージとして出す。",
    },
    bad: versions(
      order({ by: { oneOf: [card(), bank()] } }),
      order({
        by: {
          oneOf: [
            card(),
            bank(),
            { type: "object", properties: { kind: { const: "cash" } }, required: ["kind"] },
          ],
        },
      }),
    ),
    good: versions(order({ by: { oneOf: [card(), bank()] } }), order({ by: { oneOf: [bank(), card()] } })),
  },
  branchRemoved: {
    code: "events/branch-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A union lost a branch", ja: "共用体からの選択肢の削除" },
    why: {
      en: "Stored events of that branch cannot be read any more.",
      ja: "その選択肢の保存済みイベントが読めなくなる。",
    },
    reason: {
      en: "{event}: {path} cannot be {name} any more; events of {base} may be.",
      ja: "{event}: {path} の選択肢 {name} がなくなった。{base} のイベントには含まれ得る。",
    },
    remedy: { en: "Keep the branch readable.", ja: "読める状態を残す。" },
    bad: versions(order({ by: { oneOf: [card(), bank()] } }), order({ by: { oneOf: [card()] } })),
    good: versions(branches("string", "integer"), branches("integer", "string")),
  },
});

function card() {
  return {
    type: "object",
    properties: { kind: { const: "card" }, last4: { type: "string" } },
    required: ["kind"],
  };
}

function bank() {
  return {
    type: "object",
    properties: { kind: { const: "bank" }, iban: { type: "string" } },
    required: ["kind"],
  };
}
