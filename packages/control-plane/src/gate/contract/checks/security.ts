import { checks } from "../../check.ts";
import { operation, pair } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

const secured = (security: string, login = "http, scheme: bearer"): string =>
  `components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    login: { type: ${login} }
${operation(`security: ${security}\nresponses: { "200": { description: The orders. } }`)}`;

/** Credentials. */
export const SECURITY_CHECKS = checks({
  securityAdded: {
    code: "contract/security-added",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "More credentials are demanded", ja: "必要な認証の追加" },
    why: {
      en: "Consumers that call with what was enough until today are answered with 401 or 403.",
      ja: "今日まで足りた認証で呼び出す利用側は401か403を受け取る。",
    },
    reason: {
      en: "{where}: {from} was enough; now {to} is demanded.",
      ja: "{where}: {from} で足りたが、{to} が必要になった。",
    },
    remedy: {
      en: "Accept the old credentials as an alternative until consumers hold the new ones.",
      ja: "利用側が新しい認証を得るまで、元の認証も選べるようにする。",
    },
    bad: pair(secured("[{ login: [read] }]"), secured("[{ login: [read, write] }]")),
    good: pair(secured("[{ login: [] }]"), secured("[{ login: [] }, { key: [] }]")),
  },
  securitySchemeChanged: {
    code: "contract/security-scheme-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A credential is of another kind", ja: "認証方式の変更" },
    why: {
      en: "What consumers send is not what is looked for any more.",
      ja: "利用側が送るものは、もう確かめられない。",
    },
    reason: {
      en: "{where}: the scheme {name} is another one now.",
      ja: "{where}: 認証方式 {name} が別のものになった。",
    },
    remedy: {
      en: "Describe the new scheme under a new name, as an alternative to the old one.",
      ja: "新しい方式は新しい名前で、元の方式と選べるように書く。",
    },
    bad: pair(secured("[{ login: [] }]"), secured("[{ login: [] }]", "apiKey, in: query, name: token")),
    good: pair(secured("[{ login: [] }]"), secured("[{ login: [] }]")),
  },
  securityRemoved: {
    code: "contract/security-removed",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "No credentials are demanded any more", ja: "認証の撤廃" },
    why: {
      en: "Consumers are not hurt, but an operation that anybody may call is rarely meant.",
      ja: "利用側は困らないが、誰でも呼べる操作が意図されていることは少ない。",
    },
    reason: {
      en: "{where} may be called without credentials now.",
      ja: "{where} を認証なしで呼び出せるようになった。",
    },
    remedy: { en: "Confirm that the operation is public.", ja: "公開してよい操作か確かめる。" },
    bad: pair(secured("[{ login: [] }]"), secured("[]")),
    good: pair(secured("[{ login: [] }]"), secured("[{ login: [] }, { key: [] }]")),
  },
});
