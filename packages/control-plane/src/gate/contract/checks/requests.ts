import { checks } from "../../check.ts";
import { pair, takes } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

/** Schemas of what consumers send: they may only widen. */
export const REQUEST_CHECKS = checks({
  requestTypeChanged: {
    code: "contract/request-type-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A request value is of another type", ja: "リクエストの値の型の変更" },
    why: {
      en: "What consumers send is refused, or read as something else.",
      ja: "利用側が送る値は拒否されるか、別のものとして読まれる。",
    },
    reason: {
      en: "{where}: the type was {from} and is {to}.",
      ja: "{where}: 型が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Take the old type too, or add a property of another name.",
      ja: "元の型も受け付けるか、別名のプロパティを足す。",
    },
    bad: pair(
      takes("{ type: object, properties: { total: { type: number } } }"),
      takes("{ type: object, properties: { total: { type: integer } } }"),
    ),
    good: pair(
      takes("{ type: object, properties: { total: { type: integer } } }"),
      takes("{ type: object, properties: { total: { type: number } } }"),
    ),
  },
  requestNullRemoved: {
    code: "contract/request-null-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Null is no longer taken", ja: "nullの不許可" },
    why: {
      en: "Consumers that send null for what they do not have are refused.",
      ja: "値がないときにnullを送る利用側が拒否される。",
    },
    reason: { en: "{where}: null is refused now.", ja: "{where}: nullが拒否されるようになった。" },
    remedy: {
      en: "Keep taking null and treat it like an absent value.",
      ja: "nullを受け付け続け、値がないものとして扱う。",
    },
    bad: pair(
      takes("{ type: object, properties: { note: { type: [string, 'null'] } } }"),
      takes("{ type: object, properties: { note: { type: string } } }"),
    ),
    good: pair(
      takes("{ type: object, properties: { note: { type: string } } }"),
      takes("{ type: object, properties: { note: { type: [string, 'null'] } } }"),
    ),
  },
  requestValueRemoved: {
    code: "contract/request-value-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A value is no longer taken", ja: "受け付ける値の削除" },
    why: { en: "Consumers that send the value are refused.", ja: "その値を送る利用側が拒否される。" },
    reason: {
      en: "{where}: {value} – the values that are taken are fewer now.",
      ja: "{where}: {value} – 受け付ける値が減った。",
    },
    remedy: {
      en: "Keep taking the value; map it inside to what replaces it.",
      ja: "その値を受け付け続け、内部で後継の値に読み替える。",
    },
    bad: pair(
      takes("{ type: object, properties: { status: { enum: [open, paid] } } }"),
      takes("{ type: object, properties: { status: { enum: [open] } } }"),
    ),
    good: pair(
      takes("{ type: object, properties: { status: { enum: [open] } } }"),
      takes("{ type: object, properties: { status: { enum: [open, paid] } } }"),
    ),
  },
  requestConstraintTightened: {
    code: "contract/request-constraint-tightened",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A request is limited more", ja: "リクエストの制約の強化" },
    why: {
      en: "Values that were valid until today are refused; data stored under the old limit cannot be sent back.",
      ja: "今日まで有効だった値が拒否され、元の制約で保存したデータを送り返せない。",
    },
    reason: {
      en: "{where}: {keyword} was {from} and is {to}; not everything that was taken is taken now.",
      ja: "{where}: {keyword} が {from} から {to} に変わり、これまでの値の一部が受け付けられない。",
    },
    remedy: {
      en: "Keep the limit for this operation; warn first, or limit in a new version.",
      ja: "この操作の制約は変えない。先に警告するか、新しい版で制限する。",
    },
    bad: pair(
      takes("{ type: object, properties: { note: { type: string, maxLength: 200 } } }"),
      takes("{ type: object, properties: { note: { type: string, maxLength: 100 } } }"),
    ),
    good: pair(
      takes("{ type: object, properties: { note: { type: string, maxLength: 100 } } }"),
      takes("{ type: object, properties: { note: { type: string, maxLength: 200 } } }"),
    ),
  },
  requestPropertyRequired: {
    code: "contract/request-property-required",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property is required now", ja: "リクエストのプロパティの必須化" },
    why: {
      en: "Every request without it, valid until today, is refused. A default does not help: validators do not fill it in.",
      ja: "今日まで有効だった、それを含まないリクエストがすべて拒否される。既定値があっても検証では補われない。",
    },
    reason: { en: "{where}: {name} must be given now.", ja: "{where}: {name} が必須になった。" },
    remedy: {
      en: "Make it optional and do what was done before when it is absent.",
      ja: "任意にし、ない場合はこれまでの動作をする。",
    },
    bad: pair(
      takes("{ type: object, properties: { id: { type: string } } }"),
      takes("{ type: object, properties: { id: { type: string } }, required: [id] }"),
    ),
    good: pair(
      takes("{ type: object, properties: { id: { type: string } }, required: [id] }"),
      takes("{ type: object, properties: { id: { type: string } } }"),
    ),
  },
  requestPropertyRemoved: {
    code: "contract/request-property-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property is no longer taken", ja: "リクエストのプロパティの削除" },
    why: {
      en: "A closed object refuses requests that still have it; an open one ignores what they say.",
      ja: "閉じたオブジェクトは、それを含むリクエストを拒否する。開いたオブジェクトは内容を無視する。",
    },
    reason: { en: "{where}: {name} is no longer taken.", ja: "{where}: {name} が受け付けられなくなった。" },
    remedy: {
      en: "Keep the property as deprecated and ignore it where it has lost its meaning.",
      ja: "非推奨として残し、意味がなければ無視する。",
    },
    bad: pair(
      takes(
        "{ type: object, properties: { id: { type: string }, note: { type: string } }, additionalProperties: false }",
      ),
      takes("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
    ),
    good: pair(
      takes("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
      takes(
        "{ type: object, properties: { id: { type: string }, note: { type: string } }, additionalProperties: false }",
      ),
    ),
  },
  requestClosed: {
    code: "contract/request-closed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Unknown entries are refused now", ja: "未知の要素の不許可" },
    why: {
      en: "Consumers that send more than is described were taken until today.",
      ja: "記述より多くを送る利用側は、今日まで受け付けられていた。",
    },
    reason: {
      en: "{where}: what is not described is refused or limited now.",
      ja: "{where}: 記述のない要素が拒否または制限されるようになった。",
    },
    remedy: {
      en: "Leave the object open and ignore what is not known.",
      ja: "開いたままにし、未知の要素は無視する。",
    },
    bad: pair(
      takes("{ type: object, properties: { id: { type: string } } }"),
      takes("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
    ),
    good: pair(
      takes("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
      takes("{ type: object, properties: { id: { type: string } } }"),
    ),
  },
  requestBranchRemoved: {
    code: "contract/request-branch-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An alternative is no longer taken", ja: "選択肢の削除" },
    why: {
      en: "Consumers that send this kind of value are refused.",
      ja: "その種類の値を送る利用側が拒否される。",
    },
    reason: { en: "{where}: the alternative {name} is gone.", ja: "{where}: 選択肢 {name} がなくなった。" },
    remedy: { en: "Keep the alternative until nobody sends it.", ja: "送られなくなるまで選択肢を残す。" },
    bad: pair(
      takes(
        "{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }, { type: object, required: [bank], properties: { bank: { type: string } } }] }",
      ),
      takes("{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }] }"),
    ),
    good: pair(
      takes("{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }] }"),
      takes(
        "{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }, { type: object, required: [bank], properties: { bank: { type: string } } }] }",
      ),
    ),
  },
  requestDefaultChanged: {
    code: "contract/request-default-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A default is another one", ja: "既定値の変更" },
    why: {
      en: "Consumers that leave the value out get another behaviour without having changed anything.",
      ja: "値を省く利用側は、何も変えていないのに別の動作を受ける。",
    },
    reason: {
      en: "{where}: the default was {from} and is {to}.",
      ja: "{where}: 既定値が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Keep the default; let those who want the other value send it.",
      ja: "既定値は変えず、必要な利用側が値を送る。",
    },
    bad: pair(
      takes("{ type: object, properties: { size: { type: integer, default: 20 } } }"),
      takes("{ type: object, properties: { size: { type: integer, default: 100 } } }"),
    ),
    good: pair(
      takes("{ type: object, properties: { size: { type: integer, default: 20 } } }"),
      takes("{ type: object, properties: { size: { type: integer, default: 20, description: Rows. } } }"),
    ),
  },
});
