import { checks } from "./check.ts";

/** What the gate says about its own inputs, rather than about what stands in them. */
export const GATE_CHECKS = checks({
  inputMissing: {
    code: "gate/input-missing",
    severity: "block",
    undecided: true,
    commitments: [],
    title: { en: "An input is missing", ja: "入力がない" },
    why: {
      en: "What is not there cannot be looked at, and what was not looked at is never a pass.",
      ja: "存在しないものは調べられない。調べていないものを合格にはしない。",
    },
    reason: { en: "{path} does not exist.", ja: "{path} が存在しない。" },
    remedy: {
      en: "Correct the path, or create the file before the check runs.",
      ja: "パスを直すか、検査の前にファイルを作る。",
    },
    bad: { arguments: "missing.sql" },
    good: { arguments: "present.sql", "present.sql": "ALTER TABLE a ADD COLUMN b text;\n" },
  },
  inputUnreadable: {
    code: "gate/input-unreadable",
    severity: "block",
    undecided: true,
    commitments: [],
    title: { en: "An input cannot be read", ja: "入力を読めない" },
    why: {
      en: "A file that is no UTF-8 text, is too large, or may not be opened has not been looked at.",
      ja: "UTF-8 でない、大きすぎる、または開けないファイルは調べられていない。",
    },
    reason: { en: "{path} cannot be read: {cause}.", ja: "{path} を読めない: {cause}。" },
    remedy: {
      en: "Save it as UTF-8 text of at most {limit} MB that this user may read.",
      ja: "このユーザーが読める、{limit} MB 以下の UTF-8 のテキストにする。",
    },
    bad: { arguments: "latin1.sql", "latin1.sql": "-- \uFFFE not text\n" },
    good: { arguments: "utf8.sql", "utf8.sql": "-- 表を足す\nALTER TABLE a ADD COLUMN b text;\n" },
  },
  nothingToCheck: {
    code: "gate/nothing-to-check",
    severity: "block",
    undecided: true,
    commitments: [],
    title: { en: "Nothing was recognized", ja: "検査の対象がない" },
    why: {
      en: "A check that finds no input would be green for ever, however the files are renamed.",
      ja: "対象を見つけない検査は、ファイル名が変わっても緑のままになる。",
    },
    reason: {
      en: "Nothing in {path} is something this check reads.",
      ja: "{path} に、この検査が読むものがない。",
    },
    remedy: {
      en: "Name the files or folders, or set their paths in toban.check.json.",
      ja: "ファイルやフォルダーを指定するか、toban.check.json にパスを書く。",
    },
    bad: { arguments: "empty" },
    good: { arguments: "folder", "folder/0001-create.sql": "CREATE TABLE a (id int);\n" },
  },
  waiverExpired: {
    code: "gate/waiver-expired",
    severity: "warn",
    commitments: [],
    title: { en: "A waiver has ended", ja: "期限の切れた例外" },
    why: {
      en: "A waiver is a risk accepted until a day. After that day the finding counts again.",
      ja: "例外は期限付きで受け入れたリスクである。期限の後は指摘が再び有効になる。",
    },
    reason: {
      en: "Waiver {id} for {code} ended on {until}.",
      ja: "{code} の例外 {id} は {until} に期限が切れた。",
    },
    remedy: {
      en: "Fix what it covered and remove it, or have it approved again with a new end date.",
      ja: "対象を直して削除するか、新しい期限で承認を取り直す。",
    },
    bad: {
      "toban.waivers.json": waivers({ until: "2026-01-31" }),
    },
    good: {
      "toban.waivers.json": waivers({ until: "2099-12-31" }),
    },
  },
  waiverUnused: {
    code: "gate/waiver-unused",
    severity: "info",
    commitments: [],
    title: { en: "A waiver covers nothing", ja: "何にも当たらない例外" },
    why: {
      en: "A waiver that nothing needs any more would silently cover the next mistake.",
      ja: "不要になった例外は、次の誤りを黙って見逃す。",
    },
    reason: {
      en: "Waiver {id} for {code} covers no finding.",
      ja: "{code} の例外 {id} に当たる指摘がない。",
    },
    remedy: { en: "Remove it.", ja: "削除する。" },
    bad: { "toban.waivers.json": waivers({ path: "no/such/file.sql" }) },
    good: { "toban.waivers.json": waivers({ path: "drop.sql" }) },
  },
});

/** An example of the waivers' file; the finding it covers is in `drop.sql` beside it. */
function waivers(differs: { path?: string; until?: string }): string {
  const waiver = {
    id: "W-1",
    code: "migration/drop-table",
    path: differs.path ?? "drop.sql",
    reason: "The table was never in use.",
    author: "aoki",
    approver: "baba",
    until: differs.until ?? "2099-12-31",
  };
  return `${JSON.stringify({ waivers: [waiver] }, null, 2)}\n`;
}
