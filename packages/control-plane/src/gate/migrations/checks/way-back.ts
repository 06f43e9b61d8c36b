import { checks } from "../../check.ts";

const COMMITMENTS = ["INV-OPS-003", "INV-019", "GL-068", "GL-073"];
const UP = "-- migrate:up\nCREATE TABLE notes (id bigint PRIMARY KEY);\n";
const DOWN = `${UP}\n-- migrate:down\nDROP TABLE notes;\n`;

/** The way back of a migration. */
export const WAY_BACK_CHECKS = checks({
  missingDown: {
    code: "migration/missing-down",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The way back is missing", ja: "復路がない" },
    why: {
      en: "The others of this history can be undone and this one cannot; that is found out during an incident.",
      ja: "この履歴の他のものは取り消せるのに、これだけ取り消せない。それが分かるのは障害の最中である。",
    },
    reason: { en: "This migration has no down.", ja: "このマイグレーションにdownがない。" },
    remedy: {
      en: "Write the down; or say in a comment that it is irreversible, why, and how to go forward instead.",
      ja: "downを書く。または、戻せないこととその理由、代わりにどう前進するかをコメントに書く。",
    },
    bad: UP,
    good: DOWN,
  },
  noWayBack: {
    code: "migration/no-way-back",
    severity: "info",
    commitments: COMMITMENTS,
    title: { en: "A history without ways back", ja: "復路のない履歴" },
    why: {
      en: "Forward only is a sound policy as long as every step is compatible with the version before; it should be written down.",
      ja: "どの段も前の版と互換であるかぎり、前進のみは妥当な方針だが、書いておくべきである。",
    },
    reason: {
      en: "The newest migration says nothing of how to undo it or go forward.",
      ja: "最新のマイグレーションに、取り消し方も前進の仕方も書かれていない。",
    },
    remedy: {
      en: "Add a comment with the rollback policy, such as “forward-fix: …”, or a down.",
      ja: "「forward-fix: …」のように方針をコメントに書くか、downを加える。",
    },
    bad: "CREATE TABLE notes (id bigint PRIMARY KEY);\n",
    good: "-- Rollback policy: forward-fix; the table is unused until the next release.\nCREATE TABLE notes (id bigint PRIMARY KEY);\n",
  },
  forwardOnly: {
    code: "migration/forward-only",
    severity: "info",
    commitments: COMMITMENTS,
    title: { en: "A migration that is said to have no way back", ja: "復路がないと明記したマイグレーション" },
    why: {
      en: "It is said on purpose; reviewers should agree with the reason.",
      ja: "意図して書かれている。レビューで理由に同意できるかを確かめる。",
    },
    reason: { en: "The down says that there is no way back.", ja: "downに、戻せないと書かれている。" },
    remedy: {
      en: "Make sure that the reason holds and that the forward-fix is prepared.",
      ja: "理由が妥当で、前進による修正が用意されていることを確かめる。",
    },
    bad: `${UP}\n-- migrate:down\n-- Irreversible: forward-fix by a later migration.\n`,
    good: DOWN,
  },
  emptyDown: {
    code: "migration/empty-down",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The way back does nothing", ja: "復路が何もしない" },
    why: {
      en: "The tool reports success and forgets the migration, while its change stays; the next run fails on it.",
      ja: "ツールは成功と報告してマイグレーションを忘れるが、変更は残る。次の実行はそこで失敗する。",
    },
    reason: {
      en: "The down undoes nothing of what up does.",
      ja: "downが、upのしたことを何も取り消さない。",
    },
    remedy: {
      en: "Write the down; or say in it that it is irreversible, why, and how to go forward instead.",
      ja: "downを書く。または、戻せないこととその理由、代わりにどう前進するかを書く。",
    },
    bad: `${UP}\n-- migrate:down\nSELECT 1;\n`,
    good: DOWN,
  },
  downIncomplete: {
    code: "migration/down-incomplete",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The way back leaves something behind", ja: "復路が変更を残している" },
    why: {
      en: "After up and down the schema is not what it was, so the next up fails or the old version meets a schema it never knew.",
      ja: "upとdownの後のスキーマが元と違うため、次のupが失敗するか、古い版が知らないスキーマに出会う。",
    },
    reason: {
      en: "After up and down this is not as before: {left}.",
      ja: "upとdownの後、次が元に戻っていない: {left}。",
    },
    remedy: { en: "Undo every change of up, in reverse order.", ja: "upの変更をすべて、逆の順に取り消す。" },
    bad: "-- migrate:up\nCREATE TABLE notes (id bigint PRIMARY KEY);\nCREATE TABLE tags (id bigint PRIMARY KEY);\n\n-- migrate:down\nDROP TABLE notes;\n",
    good: DOWN,
  },
  lossyDown: {
    code: "migration/lossy-down",
    severity: "block",
    commitments: [...COMMITMENTS, "INV-OPS-004"],
    title: { en: "The way back destroys what was there before", ja: "復路が元からあったものを壊す" },
    why: {
      en: "Somebody who rolls back in a hurry loses data that this migration never made.",
      ja: "急いでロールバックした者が、このマイグレーションの作ったものではないデータを失う。",
    },
    reason: {
      en: "The down destroys {what}, which up did not make.",
      ja: "downが、upの作っていない {what} を壊す。",
    },
    remedy: { en: "Undo only what up did.", ja: "upのしたことだけを取り消す。" },
    bad: `${UP}\n-- migrate:down\nDROP TABLE notes;\nDROP TABLE users;\n`,
    good: DOWN,
  },
  downRefused: {
    code: "migration/down-refused",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The way back is refused by PostgreSQL", ja: "復路がPostgreSQLに拒まれる" },
    why: {
      en: "The down fails when it is needed, in the middle of an incident.",
      ja: "必要なとき、すなわち障害の最中に、downが失敗する。",
    },
    reason: {
      en: "{what} cannot be dropped while {by} needs it.",
      ja: "{by} が必要としているあいだ、{what} は削除できない。",
    },
    remedy: { en: "Undo in the reverse order of up.", ja: "upと逆の順に取り消す。" },
    bad: "-- migrate:up\nCREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE notes (id bigint PRIMARY KEY, mood mood);\n\n-- migrate:down\nDROP TYPE mood;\nDROP TABLE notes;\n",
    good: DOWN,
  },
  downCommits: {
    code: "migration/down-commits",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "The way back ends the runner's transaction",
      ja: "復路が実行ツールのトランザクションを終わらせる",
    },
    why: {
      en: "What follows runs outside of it: a failure leaves half of the way back, recorded as not done.",
      ja: "後の文はトランザクションの外で動く。失敗すると、復路が半分だけ済み、未完了と記録される。",
    },
    reason: {
      en: "COMMIT or ROLLBACK stands in a down that the runner wraps.",
      ja: "実行ツールが包むdownに、COMMITやROLLBACKがある。",
    },
    remedy: { en: "Leave transactions to the runner.", ja: "トランザクションは実行ツールに任せる。" },
    bad: `${UP}\n-- migrate:down\nDROP TABLE notes;\nCOMMIT;\n`,
    good: DOWN,
  },
});
