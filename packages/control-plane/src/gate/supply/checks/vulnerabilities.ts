import { checks } from "../../check.ts";
import { ledgerExample, npmExample } from "./examples.ts";

const CLOCK = ["RF-056", "RF-060", "RF-061", "RF-145", "GL-107"];
const LEDGER = "toban.vulnerabilities.json";

export const VULNERABILITY_CHECKS = checks({
  overdue: {
    code: "supply/vulnerability-overdue",
    severity: "block",
    commitments: CLOCK,
    title: { en: "A vulnerability is past its due date", ja: "脆弱性が対応期限を過ぎている" },
    why: {
      en: "The time to fix a vulnerability runs from its first detection. Once it is over, every further release ships a hole that attackers have had weeks to study.",
      ja: "脆弱性の対応期限は最初の検知から数える。期限を過ぎた後のリリースは、攻撃者が何週間も調べた穴を出荷し続けることになる。",
    },
    reason: {
      en: "{id} in {package} ({level}) was first seen on {first} and had to be gone by {due}.",
      ja: "{package} の {id}({level})は {first} に検知され、{due} が期限だった。",
    },
    remedy: {
      en: "Update {package}{fix}, or take it out. If neither can be done yet, have a waiver with an end date approved by somebody else.",
      ja: "{package} を更新する{fix}か、依存から外す。どちらもまだできない場合は、終了日のある免除を本人以外が承認する。",
    },
    bad: {
      "audit.json": npmExample("critical"),
      [LEDGER]: ledgerExample("2026-11-16T08:59:59.999Z", "critical"),
    },
    good: {
      "audit.json": npmExample("critical"),
      [LEDGER]: ledgerExample("2026-11-16T09:00:00.000Z", "critical"),
    },
  },
  untracked: {
    code: "supply/vulnerability-untracked",
    severity: "block",
    commitments: CLOCK,
    title: {
      en: "A Critical or High vulnerability that nobody has taken up",
      ja: "誰も引き受けていないCriticalまたはHighの脆弱性",
    },
    why: {
      en: "A vulnerability that no one has on their list has no due date and is forgotten. The ledger starts its clock and makes it somebody's business.",
      ja: "どの台帳にもない脆弱性には期限がなく、忘れられる。台帳に載せることで期限が始まり、担当が決まる。",
    },
    reason: {
      en: "{id} in {package} is {level}{raised} and is not in the ledger as such.",
      ja: "{package} の {id} は {level} だが、その重大度では台帳に載っていない。",
    },
    remedy: {
      en: "Update {package}{fix}, or record it with `toban check vulnerabilities --update-ledger`, which starts its clock.",
      ja: "{package} を更新する{fix}か、`toban check vulnerabilities --update-ledger` で台帳に載せて期限を開始する。",
    },
    bad: { "audit.json": npmExample("high") },
    good: { "audit.json": npmExample("none") },
  },
  open: {
    code: "supply/vulnerability-open",
    severity: "warn",
    commitments: CLOCK,
    title: { en: "A vulnerability whose clock is running", ja: "対応期限が進行中の脆弱性" },
    why: {
      en: "It may still ship, but not for long: after its due date every release is refused.",
      ja: "まだ出荷できるが、長くは続かない。期限を過ぎるとすべてのリリースが止まる。",
    },
    reason: {
      en: "{id} in {package} ({level}) was first seen on {first}; {left} days remain until {due}.",
      ja: "{package} の {id}({level})は {first} に検知された。期限 {due} まで残り {left} 日。",
    },
    remedy: {
      en: "Plan the update of {package}{fix} before that day.",
      ja: "その日までに {package} の更新{fix}を計画する。",
    },
    bad: { "audit.json": npmExample("high"), [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high") },
    good: { "audit.json": npmExample("none"), [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high") },
  },
  downgraded: {
    code: "supply/vulnerability-downgraded",
    severity: "warn",
    commitments: CLOCK,
    title: { en: "A lower rating that nobody has approved", ja: "承認されていない重大度の引き下げ" },
    why: {
      en: "Feeds change their ratings, and a lower one would quietly give more time. Until two people agree, the old clock runs on.",
      ja: "情報源は評価を変えることがあり、引き下げは期限を黙って延ばしてしまう。二人が合意するまで元の期限で進める。",
    },
    reason: {
      en: "{id} in {package} is now rated {rated}, but runs as {level} until {due}: the lower rating is not approved.",
      ja: "{package} の {id} は現在 {rated} と評価されているが、引き下げが承認されていないため {level} の期限 {due} で進む。",
    },
    remedy: {
      en: "Update {package}{fix}, or have the lower rating approved by somebody other than its author.",
      ja: "{package} を更新する{fix}か、起案者以外が引き下げを承認する。",
    },
    bad: { "audit.json": npmExample("moderate"), [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high") },
    good: {
      "audit.json": npmExample("moderate"),
      [LEDGER]: ledgerExample("2026-11-20T09:00:00Z", "high", {
        at: "2026-11-21T09:00:00Z",
        event: "approved",
        severity: "medium",
        author: "sato",
        approver: "suzuki",
        reason: "The vulnerable function is not reachable.",
      }),
    },
  },
  moderate: {
    code: "supply/vulnerability-moderate",
    severity: "warn",
    commitments: ["RF-056"],
    title: { en: "A vulnerability of medium severity", ja: "中程度の脆弱性" },
    why: {
      en: "It does not stop a release, but several of them together often make one way in.",
      ja: "単独ではリリースを止めないが、いくつか重なると侵入経路になることが多い。",
    },
    reason: { en: "{id} in {package} is rated Medium.", ja: "{package} の {id} はMediumと評価されている。" },
    remedy: {
      en: "Update {package}{fix} with the next round of updates.",
      ja: "次の定期更新で {package} を更新する{fix}。",
    },
    bad: { "audit.json": npmExample("moderate") },
    good: { "audit.json": npmExample("none") },
  },
  low: {
    code: "supply/vulnerability-low",
    severity: "info",
    commitments: ["RF-056"],
    title: { en: "A vulnerability of low severity", ja: "軽微な脆弱性" },
    why: {
      en: "Good to know; it goes away with the usual updates.",
      ja: "参考情報。通常の更新で解消する。",
    },
    reason: {
      en: "{id} in {package} is rated {level}.",
      ja: "{package} の {id} は {level} と評価されている。",
    },
    remedy: {
      en: "Update {package}{fix} when convenient.",
      ja: "都合のよいときに {package} を更新する{fix}。",
    },
    bad: { "audit.json": npmExample("low") },
    good: { "audit.json": npmExample("none") },
  },
});
