import { checks } from "../../check.ts";
import { operation, pair } from "./examples.ts";

const COMMITMENTS = ["RF-139", "RF-141"];

/** Request bodies, responses and headers. */
export const BODY_CHECKS = checks({
  requestBodyRequired: {
    code: "contract/request-body-required",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A request body is required now", ja: "リクエスト本文の必須化" },
    why: {
      en: "Every call without a body, valid until today, is refused.",
      ja: "今日まで有効だった、本文のない呼び出しがすべて拒否される。",
    },
    reason: { en: "{where} must be given now.", ja: "{where} の指定が必須になった。" },
    remedy: {
      en: "Leave the body optional, or take it in a new operation.",
      ja: "本文は任意のままにするか、新しい操作で受け取る。",
    },
    bad: pair(
      operation('responses: { "201": { description: Taken. } }', "/orders:\n    post:"),
      operation(
        `requestBody:
  required: true
  content: { application/json: { schema: { type: object } } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
    ),
    good: pair(
      operation('responses: { "201": { description: Taken. } }', "/orders:\n    post:"),
      operation(
        `requestBody:
  required: false
  content: { application/json: { schema: { type: object } } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
    ),
  },
  requestBodyRemoved: {
    code: "contract/request-body-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A request body is no longer taken", ja: "リクエスト本文の削除" },
    why: {
      en: "What consumers send in it has no effect any more, or the call is refused.",
      ja: "利用側が送る本文は効果を失うか、呼び出しが拒否される。",
    },
    reason: { en: "{where} is no longer described.", ja: "{where} の記述がなくなった。" },
    remedy: {
      en: "Keep the body as optional until its consumers are gone.",
      ja: "利用側がなくなるまで、任意の本文として残す。",
    },
    bad: pair(
      operation(
        `requestBody:
  required: false
  content: { application/json: { schema: { type: object } } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
      operation('responses: { "201": { description: Taken. } }', "/orders:\n    post:"),
    ),
    good: pair(
      operation(
        `requestBody:
  required: true
  content: { application/json: { schema: { type: object } } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
      operation(
        `requestBody:
  required: false
  content: { application/json: { schema: { type: object } } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
    ),
  },
  requestMediaTypeRemoved: {
    code: "contract/request-media-type-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A media type is no longer taken", ja: "リクエストのメディアタイプの削除" },
    why: { en: "Consumers that send it are answered with 415.", ja: "送っている利用側は415を受け取る。" },
    reason: { en: "{where}: {name} is no longer taken.", ja: "{where}: {name} が受け付けられなくなった。" },
    remedy: {
      en: "Take both types until nobody sends the old one.",
      ja: "元の型が送られなくなるまで、両方を受け付ける。",
    },
    bad: pair(
      operation(
        `requestBody: { content: { application/json: {}, text/csv: {} } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
      operation(
        `requestBody: { content: { application/json: {} } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
    ),
    good: pair(
      operation(
        `requestBody: { content: { application/json: {} } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
      operation(
        `requestBody: { content: { application/*: {} } }
responses: { "201": { description: Taken. } }`,
        "/orders:\n    post:",
      ),
    ),
  },
  responseMediaTypeRemoved: {
    code: "contract/response-media-type-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A media type is no longer answered", ja: "レスポンスのメディアタイプの削除" },
    why: {
      en: "Consumers that accept only this type are answered with 406, or with something they cannot read.",
      ja: "その型だけを受け取る利用側は406か、読めない応答を受け取る。",
    },
    reason: { en: "{where}: {name} is no longer answered.", ja: "{where}: {name} で応答しなくなった。" },
    remedy: {
      en: "Offer both types until nobody asks for the old one.",
      ja: "元の型が求められなくなるまで、両方を提供する。",
    },
    bad: pair(
      operation(
        'responses: { "200": { description: The orders., content: { application/json: {}, text/csv: {} } } }',
      ),
      operation('responses: { "200": { description: The orders., content: { text/csv: {} } } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders., content: { text/csv: {} } } }'),
      operation(
        'responses: { "200": { description: The orders., content: { application/json: {}, text/csv: {} } } }',
      ),
    ),
  },
  responseSuccessRemoved: {
    code: "contract/response-success-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A successful status is gone", ja: "成功ステータスの削除" },
    why: {
      en: "Consumers that check for this status take every answer for a failure.",
      ja: "そのステータスを確かめる利用側は、すべての応答を失敗とみなす。",
    },
    reason: { en: "{where}: {name} is no longer answered.", ja: "{where}: {name} で応答しなくなった。" },
    remedy: {
      en: "Keep answering with the old status; give a new operation the new one.",
      ja: "元のステータスで応答し続け、新しいステータスは新しい操作で使う。",
    },
    bad: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation('responses: { "202": { description: Later. } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation('responses: { "200": { description: The orders. }, "404": { description: None. } }'),
    ),
  },
  responseErrorRemoved: {
    code: "contract/response-error-removed",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "An error status is gone", ja: "エラーステータスの削除" },
    why: {
      en: "What was answered with it is answered with something else, or can no longer happen.",
      ja: "これで応答していた場合の応答が変わったか、起こらなくなった。",
    },
    reason: { en: "{where}: {name} is no longer described.", ja: "{where}: {name} の記述がなくなった。" },
    remedy: {
      en: "Confirm that the case cannot happen any more, or describe what is answered instead.",
      ja: "その場合が起こらないことを確かめるか、代わりの応答を書く。",
    },
    bad: pair(
      operation('responses: { "200": { description: The orders. }, "404": { description: None. } }'),
      operation('responses: { "200": { description: The orders. } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation('responses: { "200": { description: The orders. }, "404": { description: None. } }'),
    ),
  },
  responseStatusAdded: {
    code: "contract/response-status-added",
    severity: "warn",
    commitments: COMMITMENTS,
    title: { en: "A status is new", ja: "ステータスの追加" },
    why: {
      en: "Consumers have no branch for it; a new success may have another body than they read.",
      ja: "利用側にはその分岐がなく、新しい成功は読める本文と違うことがある。",
    },
    reason: { en: "{where}: {name} may be answered now.", ja: "{where}: {name} で応答することがある。" },
    remedy: {
      en: "Confirm that consumers treat unknown statuses by their class.",
      ja: "利用側が未知のステータスを百の位で扱うことを確かめる。",
    },
    bad: pair(
      operation('responses: { "200": { description: The orders. } }'),
      operation('responses: { "200": { description: The orders. }, "409": { description: Not now. } }'),
    ),
    good: pair(
      operation('responses: { "200": { description: The orders. }, 4XX: { description: Refused. } }'),
      operation(
        'responses: { "200": { description: The orders. }, 4XX: { description: Refused. }, "409": { description: Not now. } }',
      ),
    ),
  },
  responseHeaderRemoved: {
    code: "contract/response-header-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A response header is gone", ja: "レスポンスヘッダーの削除" },
    why: {
      en: "Consumers read it: the next page, the version, how long to wait.",
      ja: "利用側は次のページ、版、待ち時間などを読み取っている。",
    },
    reason: { en: "{where}: {name} is no longer answered.", ja: "{where}: {name} を返さなくなった。" },
    remedy: { en: "Keep sending it.", ja: "返し続ける。" },
    bad: pair(
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { schema: { type: string } } } } }',
      ),
      operation('responses: { "200": { description: The orders. } }'),
    ),
    good: pair(
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { schema: { type: string } } } } }',
      ),
      operation(
        'responses: { "200": { description: The orders., headers: { etag: { schema: { type: string } } } } }',
      ),
    ),
  },
  responseHeaderOptional: {
    code: "contract/response-header-optional",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A response header may be missing now", ja: "レスポンスヘッダーの任意化" },
    why: {
      en: "Consumers rely on what was promised with every answer.",
      ja: "利用側は、すべての応答に付くと約束されたものに頼っている。",
    },
    reason: {
      en: "{where}: {name} is no longer always answered.",
      ja: "{where}: {name} が必ず返るとは限らなくなった。",
    },
    remedy: { en: "Keep it required.", ja: "必須のままにする。" },
    bad: pair(
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { required: true, schema: { type: string } } } } }',
      ),
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { schema: { type: string } } } } }',
      ),
    ),
    good: pair(
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { schema: { type: string } } } } }',
      ),
      operation(
        'responses: { "200": { description: The orders., headers: { ETag: { required: true, schema: { type: string } } } } }',
      ),
    ),
  },
});
