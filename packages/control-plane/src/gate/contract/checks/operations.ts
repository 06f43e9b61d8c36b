import { checks } from "../../check.ts";
import { operation, pair } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

/** Operations, callbacks and addresses. */
export const OPERATION_CHECKS = checks({
  operationRemoved: {
    code: "contract/operation-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An operation is gone", ja: "操作の削除" },
    why: {
      en: "Consumers that still call it get 404 or 405 from the moment of the release.",
      ja: "まだ呼び出している利用側は、リリースの瞬間から404か405を受け取る。",
    },
    reason: {
      en: "{where} is no longer there and was not deprecated with a sunset that has passed.",
      ja: "{where} がなくなった。期日(x-sunset)の過ぎた非推奨にはなっていなかった。",
    },
    remedy: {
      en: "Keep it, mark it deprecated: true with an x-sunset date, and remove it after that date.",
      ja: "残したまま deprecated: true と x-sunset の期日を書き、期日が過ぎてから削除する。",
    },
    bad: pair(operation('responses: { "200": { description: The orders. } }'), "paths: {}\n"),
    good: pair(
      operation(
        'deprecated: true\nx-sunset: "2020-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
      "paths: {}\n",
    ),
  },
  removedBeforeSunset: {
    code: "contract/removed-before-sunset",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An operation is gone before its sunset", ja: "期日前の操作の削除" },
    why: {
      en: "The sunset is a promise; consumers plan their change by it.",
      ja: "期日は約束であり、利用側はそれに合わせて移行を計画する。",
    },
    reason: {
      en: "{where} is no longer there, but its sunset is {date}.",
      ja: "{where} がなくなったが、期日は {date}。",
    },
    remedy: { en: "Keep it until the sunset that was announced.", ja: "予告した期日まで残す。" },
    bad: pair(
      operation(
        'deprecated: true\nx-sunset: "2999-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
      "paths: {}\n",
    ),
    good: pair(
      operation(
        'deprecated: true\nx-sunset: "2020-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
      "paths: {}\n",
    ),
  },
  sunsetBroughtForward: {
    code: "contract/sunset-brought-forward",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A sunset is brought forward", ja: "期日の前倒し" },
    why: {
      en: "Consumers have planned by the old date and are left without an operation that was promised to them.",
      ja: "利用側は元の期日で計画しており、約束された操作を失う。",
    },
    reason: {
      en: "{where}: the sunset is now {date}, earlier than announced.",
      ja: "{where}: 期日が予告より早い {date} になった。",
    },
    remedy: {
      en: "Keep the announced date, or leave at least the support window of days from today.",
      ja: "予告した期日を守るか、今日から支援期間以上を空ける。",
    },
    bad: pair(
      operation(
        'deprecated: true\nx-sunset: "2999-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
      operation(
        'deprecated: true\nx-sunset: "2020-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
    ),
    good: pair(
      operation(
        'deprecated: true\nx-sunset: "2999-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
      operation(
        'deprecated: true\nx-sunset: "2999-06-30"\nresponses: { "200": { description: The orders. } }',
      ),
    ),
  },
  deprecatedWithoutSunset: {
    code: "contract/deprecated-without-sunset",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "Deprecated without a sunset", ja: "期日のない非推奨" },
    why: {
      en: "Without a date nobody plans the move, and the part can never be removed.",
      ja: "期日がなければ誰も移行を計画せず、いつまでも削除できない。",
    },
    reason: {
      en: "{where}: {name} is deprecated now, without a date.",
      ja: "{where}: {name} が期日なしで非推奨になった。",
    },
    remedy: {
      en: "Write x-sunset with the first day on which it may be gone.",
      ja: "なくなりうる最初の日を x-sunset に書く。",
    },
    bad: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation('deprecated: true\nresponses: { "200": { description: The orders. } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation(
        'deprecated: true\nx-sunset: "2999-01-31"\nresponses: { "200": { description: The orders. } }',
      ),
    ),
  },
  operationIdChanged: {
    code: "contract/operation-id-changed",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "An operation has another id", ja: "operationIdの変更" },
    why: {
      en: "Generated clients name their functions by it: a new version of the client no longer compiles where it is used.",
      ja: "生成されたクライアントの関数名になるため、更新した利用側がコンパイルできなくなる。",
    },
    reason: {
      en: "{where}: operationId was {from} and is {to}.",
      ja: "{where}: operationId が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Keep the id; it is a name for programs, not for readers.",
      ja: "idは変えない。プログラムのための名前で、読み手のためのものではない。",
    },
    bad: pair(
      operation('operationId: listOrders\nresponses: { "200": { description: The orders. } }'),
      operation('operationId: getOrders\nresponses: { "200": { description: The orders. } }'),
    ),
    good: pair(
      operation('operationId: listOrders\nresponses: { "200": { description: The orders. } }'),
      operation('operationId: listOrders\nresponses: { "200": { description: All orders. } }'),
    ),
  },
  callbackRemoved: {
    code: "contract/callback-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A callback or webhook is gone", ja: "コールバック・Webhookの削除" },
    why: {
      en: "Consumers wait for calls that never come, and nothing tells them so.",
      ja: "利用側は来ない呼び出しを待ち続け、それを知る手段がない。",
    },
    reason: { en: "{where}: {name} is no longer called.", ja: "{where}: {name} が呼び出されなくなった。" },
    remedy: {
      en: "Keep it until all consumers have moved to what replaces it.",
      ja: "すべての利用側が後継に移るまで残す。",
    },
    bad: pair(
      operation(`callbacks:
  paid:
    "{$request.body#/url}":
      post: { responses: { "200": { description: Heard. } } }
responses: { "200": { description: The orders. } }`),
      operation('responses: { "200": { description: The orders. } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation(`callbacks:
  paid:
    "{$request.body#/url}":
      post: { responses: { "200": { description: Heard. } } }
responses: { "200": { description: The orders. } }`),
    ),
  },
  serverRemoved: {
    code: "contract/server-removed",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A server address is gone", ja: "サーバーのアドレスの削除" },
    why: {
      en: "Consumers have the address in their configuration.",
      ja: "利用側はアドレスを設定に書いている。",
    },
    reason: { en: "The server {name} is no longer listed.", ja: "サーバー {name} が一覧からなくなった。" },
    remedy: {
      en: "Confirm that the old address still answers or redirects before the release.",
      ja: "リリース前に、旧アドレスが引き続き応答または転送することを確かめる。",
    },
    bad: pair(
      "servers: [{ url: https://one.example }]\npaths: {}\n",
      "servers: [{ url: https://two.example }]\npaths: {}\n",
    ),
    good: pair(
      "servers: [{ url: https://one.example }]\npaths: {}\n",
      "servers: [{ url: https://two.example }, { url: https://one.example }]\npaths: {}\n",
    ),
  },
});
