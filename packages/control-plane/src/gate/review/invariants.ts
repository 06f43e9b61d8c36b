import type { Text } from "../check.ts";

/** One of the operations invariants that every change is read against, with the questions a reviewer asks. */
export type Invariant = {
  id: "INV-OPS-001" | "INV-OPS-002" | "INV-OPS-003" | "INV-OPS-004" | "INV-OPS-005";
  title: Text;
  /** What must stay true. */
  says: Text;
  questions: readonly Text[];
};

const text = (en: string, ja: string): Text => ({ en, ja });

/** The five operations invariants of the source document 002, in words of our own. */
export const INVARIANTS: readonly Invariant[] = [
  {
    id: "INV-OPS-001",
    title: text("It can be restarted at any time", "いつでも再起動できる"),
    says: text(
      "Any process may be killed and started again and comes back to a consistent state; nothing is true only on one disk or in one memory.",
      "どのプロセスも、いつ落として起動し直しても整合した状態に戻る。1 台のディスクやメモリにしかない真実を作らない。",
    ),
    questions: [
      text(
        "Is anything that must last written only to a local file?",
        "残すべきものがローカルファイルにしか書かれていないか",
      ),
      text(
        "Does anything rely on temporary state that a restart cannot rebuild?",
        "再起動後に作り直せない一時的な状態に頼っていないか",
      ),
      text("Does the loss of one replica break the others?", "1 つのレプリカの停止が全体を壊さないか"),
    ],
  },
  {
    id: "INV-OPS-002",
    title: text("Changing twice is changing once", "2 回の更新が 1 回と同じ結果になる"),
    says: text(
      "Operations that change data are idempotent, or an ADR says why not and how retries are handled; a message delivered twice does no harm.",
      "更新系の処理は冪等である。そうでなければ理由とリトライの扱いが ADR にある。メッセージの重送は害を起こさない。",
    ),
    questions: [
      text(
        "What happens when the same request or message is processed twice?",
        "同じ要求やメッセージが 2 回処理されると何が起きるか",
      ),
      text(
        "Where it is not idempotent: which ADR holds the guard and its reasons?",
        "冪等でない処理の防止策と意図は、どの ADR にあるか",
      ),
    ],
  },
  {
    id: "INV-OPS-003",
    title: text("There is always a way back", "必ず戻れる"),
    says: text(
      "Schema changes are compatible with the version before or after, never a one-way ticket in one step, and ship in stages.",
      "スキーマ変更は前後のバージョンと互換で、1 段階の片道変更にせず、段階的に出す。",
    ),
    questions: [
      text(
        "Does the version that is live now run on the new schema?",
        "いま動いているバージョンは新しいスキーマで動くか",
      ),
      text("Where is the way back written, and was it run?", "戻す手順はどこに書かれ、実際に試されたか"),
    ],
  },
  {
    id: "INV-OPS-004",
    title: text("Jobs can be run again", "ジョブは再実行できる"),
    says: text(
      "A job that fails half-way can be run again to a consistent result, without duplicates or gaps; production data is not deleted to be reloaded.",
      "途中で失敗したジョブは、再実行すれば重複も欠損もなく整合する。本番データを全件消して入れ直さない。",
    ),
    questions: [
      text(
        "What does a second run do with what the first one left?",
        "前回の実行が残したものを、再実行はどう扱うか",
      ),
      text(
        "What keeps a cleaning job from removing too much?",
        "削除系のジョブが消し過ぎないための安全策は何か",
      ),
    ],
  },
  {
    id: "INV-OPS-005",
    title: text("One can see afterwards what happened", "何が起きたかを後から追える"),
    says: text(
      "Business events leave at least a log line or a metric, and neither secrets nor personal data are in them.",
      "重要な業務イベントには少なくともログかメトリクスが残り、そこに秘密情報も個人情報も含まれない。",
    ),
    questions: [
      text(
        "When this fails, which log line names the cause?",
        "これが失敗したとき、どのログから原因が分かるか",
      ),
      text(
        "Do the alerts still say what the design means?",
        "アラートの条件は設計の意図と食い違っていないか",
      ),
    ],
  },
];
