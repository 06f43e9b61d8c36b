import { checks } from "../../check.ts";
import { answers, pair } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

/** Schemas of what consumers receive: they may only narrow. */
export const RESPONSE_CHECKS = checks({
  responseTypeChanged: {
    code: "contract/response-type-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A response value is of another type", ja: "レスポンスの値の型の変更" },
    why: {
      en: "Consumers fail to decode it, or take it for something else.",
      ja: "利用側は復号に失敗するか、別のものとして読む。",
    },
    reason: {
      en: "{where}: the type was {from} and is {to}.",
      ja: "{where}: 型が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Keep the old type and answer the new one under another name.",
      ja: "元の型を残し、新しい型は別名で返す。",
    },
    bad: pair(
      answers("{ type: object, properties: { total: { type: integer } } }"),
      answers("{ type: object, properties: { total: { type: number } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { total: { type: number } } }"),
      answers("{ type: object, properties: { total: { type: integer } } }"),
    ),
  },
  responseNullAdded: {
    code: "contract/response-null-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Null may be answered now", ja: "nullを返す可能性" },
    why: {
      en: "Consumers read the value without looking whether it is there.",
      ja: "利用側は値の有無を確かめずに読んでいる。",
    },
    reason: { en: "{where}: null may be answered now.", ja: "{where}: nullを返すことがあるようになった。" },
    remedy: {
      en: "Keep answering a value, or add a property of another name that may be null.",
      ja: "値を返し続けるか、nullになりうる別名のプロパティを足す。",
    },
    bad: pair(
      answers("{ type: object, properties: { note: { type: string } } }"),
      answers("{ type: object, properties: { note: { type: [string, 'null'] } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { note: { type: [string, 'null'] } } }"),
      answers("{ type: object, properties: { note: { type: string } } }"),
    ),
  },
  responseValueAdded: {
    code: "contract/response-value-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A value is new in a response", ja: "レスポンスの値の追加" },
    why: {
      en: "Consumers that know only the old values fail on the new one: generated clients throw, branches fall through.",
      ja: "元の値しか知らない利用側は新しい値で失敗する。生成されたクライアントは例外を投げる。",
    },
    reason: {
      en: "{where}: values may be answered that were not in the list: {value}.",
      ja: "{where}: 一覧になかった値を返すことがある: {value}。",
    },
    remedy: {
      en: "Announce it, or describe the list as open (x-extensible-enum) before values are added.",
      ja: "予告するか、値を足す前に一覧を開いたもの(x-extensible-enum)として書く。",
    },
    bad: pair(
      answers("{ type: object, properties: { status: { enum: [open] } } }"),
      answers("{ type: object, properties: { status: { enum: [open, paid] } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { status: { enum: [open, paid] } } }"),
      answers("{ type: object, properties: { status: { enum: [open] } } }"),
    ),
  },
  responseConstraintRelaxed: {
    code: "contract/response-constraint-relaxed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A response is limited less", ja: "レスポンスの制約の緩和" },
    why: {
      en: "Consumers have built on the limit: columns, fields on a screen, their own validation.",
      ja: "利用側は制約を前提に、列の幅、画面の欄、検証を作っている。",
    },
    reason: {
      en: "{where}: {keyword} was {from} and is {to}; values may come that could not come before.",
      ja: "{where}: {keyword} が {from} から {to} に変わり、これまで来なかった値が来ることがある。",
    },
    remedy: {
      en: "Keep the limit, or answer the wider value under another name.",
      ja: "制約を保つか、広い値は別名で返す。",
    },
    bad: pair(
      answers("{ type: object, properties: { note: { type: string, maxLength: 100 } } }"),
      answers("{ type: object, properties: { note: { type: string, maxLength: 200 } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { note: { type: string, maxLength: 200 } } }"),
      answers("{ type: object, properties: { note: { type: string, maxLength: 100 } } }"),
    ),
  },
  responsePropertyOptional: {
    code: "contract/response-property-optional",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property may be missing now", ja: "レスポンスのプロパティの任意化" },
    why: {
      en: "Consumers read it in every answer, as was promised.",
      ja: "利用側は約束どおり、すべての応答で読んでいる。",
    },
    reason: {
      en: "{where}: {name} is no longer always answered.",
      ja: "{where}: {name} が必ず返るとは限らなくなった。",
    },
    remedy: { en: "Keep it required.", ja: "必須のままにする。" },
    bad: pair(
      answers("{ type: object, properties: { id: { type: string } }, required: [id] }"),
      answers("{ type: object, properties: { id: { type: string } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { id: { type: string } } }"),
      answers("{ type: object, properties: { id: { type: string } }, required: [id] }"),
    ),
  },
  responsePropertyRemoved: {
    code: "contract/response-property-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A property is gone from a response", ja: "レスポンスのプロパティの削除" },
    why: {
      en: "Consumers that read it get nothing, often far from where it hurts.",
      ja: "読んでいる利用側は値を得られず、離れた場所で問題が起きる。",
    },
    reason: { en: "{where}: {name} is no longer answered.", ja: "{where}: {name} を返さなくなった。" },
    remedy: {
      en: "Keep it, mark it deprecated with an x-sunset, and remove it after that date.",
      ja: "残したまま x-sunset 付きで非推奨にし、期日後に削除する。",
    },
    bad: pair(
      answers(
        "{ type: object, properties: { id: { type: string }, note: { type: string } }, required: [id] }",
      ),
      answers("{ type: object, properties: { id: { type: string } }, required: [id] }"),
    ),
    good: pair(
      answers("{ type: object, properties: { id: { type: string } }, required: [id] }"),
      answers(
        "{ type: object, properties: { id: { type: string }, note: { type: string } }, required: [id] }",
      ),
    ),
  },
  responsePropertyAdded: {
    code: "contract/response-property-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A closed response has a new property", ja: "閉じたレスポンスへのプロパティの追加" },
    why: {
      en: "The old contract says that nothing else comes (additionalProperties: false); strict consumers refuse the answer.",
      ja: "元の契約はほかに何も来ないと定めており(additionalProperties: false)、厳格な利用側は応答を拒否する。",
    },
    reason: {
      en: "{where}: {name} is new in an object that was closed.",
      ja: "{where}: 閉じていたオブジェクトに {name} が加わった。",
    },
    remedy: {
      en: "Open the object in a release of its own first, or answer it in a new operation.",
      ja: "先に別のリリースでオブジェクトを開くか、新しい操作で返す。",
    },
    bad: pair(
      answers("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
      answers(
        "{ type: object, properties: { id: { type: string }, note: { type: string } }, additionalProperties: false }",
      ),
    ),
    good: pair(
      answers("{ type: object, properties: { id: { type: string } } }"),
      answers("{ type: object, properties: { id: { type: string }, note: { type: string } } }"),
    ),
  },
  responseOpened: {
    code: "contract/response-opened",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Entries that were excluded may come now", ja: "除外されていた要素の許可" },
    why: {
      en: "Consumers check that nothing else comes, or read every entry as of the described schema.",
      ja: "利用側はほかに何も来ないことを確かめるか、すべての要素を記述どおりに読む。",
    },
    reason: {
      en: "{where}: what is not described was {from} and is {to}.",
      ja: "{where}: 記述のない要素の扱いが {from} から {to} に変わった。",
    },
    remedy: { en: "Leave the object as closed as it was.", ja: "元どおり閉じたままにする。" },
    bad: pair(
      answers("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
      answers("{ type: object, properties: { id: { type: string } } }"),
    ),
    good: pair(
      answers("{ type: object, properties: { id: { type: string } } }"),
      answers("{ type: object, properties: { id: { type: string } }, additionalProperties: false }"),
    ),
  },
  responseBranchAdded: {
    code: "contract/response-branch-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An alternative is new in a response", ja: "レスポンスの選択肢の追加" },
    why: {
      en: "Consumers have no branch for this kind of value.",
      ja: "利用側には、その種類の値の分岐がない。",
    },
    reason: { en: "{where}: the alternative {name} is new.", ja: "{where}: 選択肢 {name} が加わった。" },
    remedy: {
      en: "Answer it in a new operation, or only to consumers that ask for it.",
      ja: "新しい操作で返すか、求めた利用側にだけ返す。",
    },
    bad: pair(
      answers("{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }] }"),
      answers(
        "{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }, { type: object, required: [bank], properties: { bank: { type: string } } }] }",
      ),
    ),
    good: pair(
      answers(
        "{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }, { type: object, required: [bank], properties: { bank: { type: string } } }] }",
      ),
      answers("{ anyOf: [{ type: object, required: [card], properties: { card: { type: string } } }] }"),
    ),
  },
});
