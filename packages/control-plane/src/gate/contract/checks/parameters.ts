import { checks } from "../../check.ts";
import { asks, pair } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

/** Parameters of operations. */
export const PARAMETER_CHECKS = checks({
  parameterRequired: {
    code: "contract/parameter-required",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A parameter is required now", ja: "パラメーターの必須化" },
    why: {
      en: "Every call without it, valid until today, is refused.",
      ja: "今日まで有効だった、指定のない呼び出しがすべて拒否される。",
    },
    reason: { en: "{where}: {name} must be given now.", ja: "{where}: {name} の指定が必須になった。" },
    remedy: {
      en: "Make it optional and give it a default that does what was done before.",
      ja: "任意にし、これまでの動作になる既定値を持たせる。",
    },
    bad: pair(
      asks("{ name: page, in: query, schema: { type: integer } }"),
      asks(
        "{ name: page, in: query, schema: { type: integer } }",
        "{ name: status, in: query, required: true, schema: { type: string } }",
      ),
    ),
    good: pair(
      asks("{ name: page, in: query, schema: { type: integer } }"),
      asks(
        "{ name: page, in: query, schema: { type: integer } }",
        "{ name: status, in: query, schema: { type: string } }",
      ),
    ),
  },
  parameterRemoved: {
    code: "contract/parameter-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A parameter is gone", ja: "パラメーターの削除" },
    why: {
      en: "Strict servers refuse calls that still have it; others ignore it and answer something else than was asked.",
      ja: "厳格なサーバーは指定のある呼び出しを拒否し、そうでなければ無視して別の答えを返す。",
    },
    reason: { en: "{where}: {name} is no longer taken.", ja: "{where}: {name} が受け付けられなくなった。" },
    remedy: {
      en: "Keep it, mark it deprecated with an x-sunset, and remove it after that date.",
      ja: "残したまま x-sunset 付きで非推奨にし、期日後に削除する。",
    },
    bad: pair(
      asks(
        "{ name: page, in: query, schema: { type: integer } }",
        "{ name: status, in: query, schema: { type: string } }",
      ),
      asks("{ name: page, in: query, schema: { type: integer } }"),
    ),
    good: pair(
      asks("{ name: page, in: query, schema: { type: integer } }"),
      asks(
        "{ name: page, in: query, schema: { type: integer } }",
        "{ name: status, in: query, schema: { type: string } }",
      ),
    ),
  },
  parameterMoved: {
    code: "contract/parameter-moved",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A parameter has moved", ja: "パラメーターの位置の変更" },
    why: {
      en: "Calls still carry it in the old place, where nobody reads it.",
      ja: "呼び出しは元の位置に書き続けるが、そこはもう読まれない。",
    },
    reason: {
      en: "{where}: {name} has moved from {from} to {to}.",
      ja: "{where}: {name} が {from} から {to} に移った。",
    },
    remedy: {
      en: "Take it in both places until the old one is past its sunset.",
      ja: "元の位置の期日が過ぎるまで、両方で受け付ける。",
    },
    bad: pair(
      asks("{ name: status, in: query, schema: { type: string } }"),
      asks("{ name: status, in: header, schema: { type: string } }"),
    ),
    good: pair(
      asks("{ name: status, in: query, schema: { type: string } }"),
      asks(
        "{ name: status, in: query, schema: { type: string } }",
        "{ name: status, in: header, schema: { type: string } }",
      ),
    ),
  },
  parameterSerialization: {
    code: "contract/parameter-serialization",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A parameter is written in another way", ja: "パラメーターの書き方の変更" },
    why: {
      en: "Style, explode and content decide what stands in the address; the old writing is read wrongly or not at all.",
      ja: "style・explode・content はアドレス上の表記を決める。元の表記は誤って読まれるか、読まれない。",
    },
    reason: {
      en: "{where}: {name} was written as {from} and is written as {to}.",
      ja: "{where}: {name} の表記が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Leave the writing and add a parameter of another name.",
      ja: "表記は変えず、別名のパラメーターを足す。",
    },
    bad: pair(
      asks("{ name: ids, in: query, schema: { type: array, items: { type: string } } }"),
      asks("{ name: ids, in: query, explode: false, schema: { type: array, items: { type: string } } }"),
    ),
    good: pair(
      asks("{ name: status, in: query, schema: { type: string } }"),
      asks("{ name: status, in: query, explode: false, schema: { type: string } }"),
    ),
  },
});
