import { checks } from "../../check.ts";
import { asyncApi, order } from "./examples.ts";

const COMMITMENTS = ["RF-140", "RF-141"];
const SAME = asyncApi("title: Orders", "title: Orders and payments");
const text = (schema: object) => JSON.stringify(schema);

/** Events, messages, channels and operations as wholes. */
export const MESSAGE_CHECKS = checks({
  eventRemoved: {
    code: "events/event-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An event was removed", ja: "イベントの削除" },
    why: {
      en: "Its consumers wait for events that do not come any more, and stored ones have lost their contract.",
      ja: "読み手は来なくなったイベントを待ち続け、保存済みのイベントは契約を失う。",
    },
    reason: {
      en: "{event} of {base} has no counterpart in the revision.",
      ja: "{base} の {event} に当たるものが改訂版にない。",
    },
    remedy: {
      en: "Keep it, marked `deprecated` with an `x-sunset` date, and remove it after that day.",
      ja: "`deprecated` と `x-sunset` の日付を付けて残し、その日を過ぎてから削除する。",
    },
    bad: {
      "base-1/order-created.json": text(order()),
      "base-1/order-paid.json": text({ ...order(), $id: "order-paid" }),
      "revision/order-created.json": text(order()),
    },
    good: {
      "base-1/order-created.json": text(order()),
      "base-1/order-paid.json": text({
        ...order(),
        $id: "order-paid",
        deprecated: true,
        "x-sunset": "2025-03-31",
      }),
      "revision/order-created.json": text(order()),
    },
  },
  channelRemoved: {
    code: "events/channel-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A channel was removed", ja: "チャネルの削除" },
    why: {
      en: "Whoever listens there hears nothing; whoever sends there is not heard.",
      ja: "そこで待つ読み手には何も届かず、送る側の声も届かない。",
    },
    reason: {
      en: "The channel {channel} of {base} is gone.",
      ja: "{base} のチャネル {channel} がなくなった。",
    },
    remedy: {
      en: "Serve the old and the new channel at the same time until the `x-sunset` of the old one.",
      ja: "旧チャネルの `x-sunset` まで、新旧両方を動かす。",
    },
    bad: asyncApi(/orders/g, "payments"),
    good: SAME,
  },
  addressChanged: {
    code: "events/address-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A channel's address changed", ja: "チャネルのアドレスの変更" },
    why: {
      en: "Old consumers stay on the old topic or queue and miss every new event.",
      ja: "旧い読み手は旧トピック・旧キューに残り、新しいイベントをすべて取りこぼす。",
    },
    reason: {
      en: "The channel {channel} moved from {from} (in {base}) to {to}.",
      ja: "チャネル {channel} が {base} の {from} から {to} に移った。",
    },
    remedy: {
      en: "Add the new address as a channel of its own and feed both until the old one's sunset.",
      ja: "新しいアドレスを別チャネルとして追加し、旧チャネルの終了まで両方に流す。",
    },
    bad: asyncApi("address: orders.v1", "address: orders.v2"),
    good: SAME,
  },
  partitionsChanged: {
    code: "events/partitions-changed",
    severity: "warn",
    commitments: ["RF-140"],
    title: { en: "The number of partitions changed", ja: "パーティション数の変更" },
    why: {
      en: "Keys go to other partitions: during the change events of one key may be read out of order.",
      ja: "キーの割り当て先が変わり、切り替えの間は同じキーのイベントの順序が崩れ得る。",
    },
    reason: {
      en: "The channel {channel} has {to} partitions; it had {from}.",
      ja: "チャネル {channel} のパーティション数が {from} から {to} に変わった。",
    },
    remedy: {
      en: "Drain the topic before, or move to a new one.",
      ja: "先に読み切るか、新しいトピックに移す。",
    },
    bad: asyncApi("partitions: 6", "partitions: 12"),
    good: SAME,
  },
  messageRemoved: {
    code: "events/message-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A message was removed", ja: "メッセージの削除" },
    why: {
      en: "Its consumers wait for it in vain, and stored ones have lost their contract.",
      ja: "読み手は来なくなったメッセージを待ち続け、保存済みのものは契約を失う。",
    },
    reason: {
      en: "The message {message} on {channel} of {base} is gone.",
      ja: "{base} の {channel} にあったメッセージ {message} がなくなった。",
    },
    remedy: {
      en: "Keep it with an `x-sunset` date and remove it after that day.",
      ja: "`x-sunset` の日付を付けて残し、その日を過ぎてから削除する。",
    },
    bad: asyncApi(/ {6}OrderPaid:\n.*\n/, ""),
    good: asyncApi("      OrderPaid:", "      OrderShipped: { payload: { type: object } }\n      OrderPaid:"),
  },
  messageRenamed: {
    code: "events/message-renamed",
    severity: "warn",
    commitments: ["RF-140"],
    title: { en: "A message has another name", ja: "メッセージ名の変更" },
    why: {
      en: "Where consumers choose their handler by the name, the event is passed over.",
      ja: "名前で処理を選ぶ読み手は、このイベントを取りこぼす。",
    },
    reason: {
      en: "The message {event} of {base} is called {to} now.",
      ja: "{base} のメッセージ {event} の名前が {to} に変わった。",
    },
    remedy: {
      en: "Keep the name, or make sure that nobody reads it.",
      ja: "名前を保つか、誰も読まないことを確かめる。",
    },
    bad: asyncApi(/OrderCreated:\n {8}name: OrderCreated/, "Created:\n        name: Created"),
    good: SAME,
  },
  operationRemoved: {
    code: "events/operation-removed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An operation was removed", ja: "操作の削除" },
    why: {
      en: "The application does not send or receive there any more, and the others are not told.",
      ja: "アプリケーションがそこで送受信しなくなり、相手には知らされない。",
    },
    reason: {
      en: "The operation {operation} on {channel} of {base} is gone.",
      ja: "{base} の {channel} に対する操作 {operation} がなくなった。",
    },
    remedy: { en: "Keep it until its `x-sunset`.", ja: "`x-sunset` まで残す。" },
    bad: asyncApi(/operations:[\s\S]*/, ""),
    good: SAME,
  },
  operationChanged: {
    code: "events/operation-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An operation does something else", ja: "操作の内容の変更" },
    why: {
      en: "Turned round, moved to another channel or without its reply, it leaves the others waiting.",
      ja: "向きやチャネルが変わったり応答がなくなったりすると、相手は待ち続ける。",
    },
    reason: {
      en: "The operation {operation} is not what it was on {channel} in {base}: its action, channel or reply changed.",
      ja: "操作 {operation} が {base} の {channel} のものと異なる（向き・チャネル・応答のいずれか）。",
    },
    remedy: { en: "Add a new operation and keep this one.", ja: "新しい操作を追加し、これは残す。" },
    bad: asyncApi("action: send", "action: receive"),
    good: SAME,
  },
  contentTypeChanged: {
    code: "events/content-type-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The encoding of a message changed", ja: "メッセージの符号化の変更" },
    why: {
      en: "Consumers cannot even decode the event.",
      ja: "読み手はイベントを復号することもできない。",
    },
    reason: {
      en: "{event} is sent as {to}; {base} says {from}.",
      ja: "{event} が {base} の {from} から {to} に変わった。",
    },
    remedy: { en: "Send the new encoding on a channel of its own.", ja: "新しい符号化は別チャネルで送る。" },
    bad: asyncApi("defaultContentType: application/json", "defaultContentType: application/cbor"),
    good: asyncApi(
      "defaultContentType: application/json",
      "defaultContentType: application/json; charset=utf-8",
    ),
  },
  correlationChanged: {
    code: "events/correlation-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The correlation id moved", ja: "相関 ID の場所の変更" },
    why: {
      en: "Consumers look for it where it was and cannot tell which request an event answers.",
      ja: "読み手は元の場所を探し、どの要求への応答か分からなくなる。",
    },
    reason: {
      en: "{event}: the correlation id is at {to}; in {base} it is at {from}.",
      ja: "{event}: 相関 ID の場所が {base} の {from} から {to} に変わった。",
    },
    remedy: { en: "Send it in both places.", ja: "両方の場所で送る。" },
    bad: asyncApi("#/correlation", "#/trace"),
    good: SAME,
  },
  keyChanged: {
    code: "events/key-changed",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The key of the record changed", ja: "レコードキーの変更" },
    why: {
      en: "Keys decide partition, order and compaction: old and new events of one thing go separate ways.",
      ja: "キーはパーティション・順序・圧縮を決める。同じ対象の新旧イベントが別々に扱われる。",
    },
    reason: {
      en: "{event}: the record's key is not what it is in {base}.",
      ja: "{event}: レコードのキーが {base} と異なる。",
    },
    remedy: { en: "Move to a new topic with the new key.", ja: "新しいキーは新しいトピックで使う。" },
    bad: asyncApi("key: { type: string }", "key: { type: integer }"),
    good: SAME,
  },
});
