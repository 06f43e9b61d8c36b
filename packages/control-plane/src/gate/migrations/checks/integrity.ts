import { checks } from "../../check.ts";

const COMMITMENTS = ["INV-OPS-004", "INV-020", "INV-022"];

/** What the database keeps right by itself and is told not to. */
export const INTEGRITY_CHECKS = checks({
  triggersOff: {
    code: "migration/triggers-off",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Triggers and foreign keys are turned off", ja: "トリガーや外部キーを無効にしている" },
    why: {
      en: "Foreign keys are triggers: what is written meanwhile is never checked, not even after they are on again. Audit and copy triggers miss it too.",
      ja: "外部キーもトリガーである。その間の書き込みは、有効に戻した後も検査されない。監査や複製のトリガーも見逃す。",
    },
    reason: { en: "{what}: triggers do not run.", ja: "{what}: トリガーが動かなくなる。" },
    remedy: {
      en: "Write the rows in an order that satisfies the foreign keys, or make the constraints DEFERRABLE.",
      ja: "外部キーを満たす順に行を書くか、制約をDEFERRABLEにする。",
    },
    bad: "SET session_replication_role = replica;\n",
    good: "SET CONSTRAINTS ALL DEFERRED;\n",
  },
  insteadRule: {
    code: "migration/rule-instead",
    severity: "block",
    commitments: ["INV-OPS-003", "RF-155", ...COMMITMENTS],
    title: { en: "Writes are diverted by a rule", ja: "書き込みをルールで逸らしている" },
    why: {
      en: "What the running version writes goes elsewhere or nowhere, and it is told that all went well.",
      ja: "稼働中の版の書き込みが別の場所へ行くか失われ、それでも成功と返る。",
    },
    reason: { en: "Writes to {table} no longer reach it.", ja: "{table} への書き込みが届かなくなる。" },
    remedy: {
      en: "Refuse by a constraint or a trigger that raises an error, after no live version writes there.",
      ja: "書き込む版がなくなってから、制約かエラーを起こすトリガーで拒む。",
    },
    bad: "CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING;\n",
    good: "CREATE TABLE old_orders (id bigint);\nCREATE RULE keep AS ON DELETE TO old_orders DO INSTEAD NOTHING;\n",
  },
  unlogged: {
    code: "migration/set-unlogged",
    severity: "block",
    commitments: ["INV-OPS-001", "INV-006", "INV-OPS-004"],
    title: { en: "A table becomes unlogged", ja: "表をUNLOGGEDにしている" },
    why: {
      en: "After a crash an unlogged table is empty, and replicas never have its rows.",
      ja: "UNLOGGEDの表はクラッシュ後に空になり、レプリカには行が届かない。",
    },
    reason: { en: "{table} loses all rows in a crash.", ja: "{table} はクラッシュで全行を失う。" },
    remedy: { en: "Leave it logged.", ja: "LOGGEDのままにする。" },
    bad: "SET lock_timeout = '2s';\nALTER TABLE orders SET UNLOGGED;\n",
    good: "CREATE UNLOGGED TABLE import_orders (id bigint);\n",
  },
  sequenceBack: {
    code: "migration/sequence-back",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A sequence is set to a fixed value", ja: "シーケンスを固定値に戻している" },
    why: {
      en: "Numbers that were given already come again: INSERTs fail on the key, or old references point to new rows.",
      ja: "既に与えた番号が再び出る。INSERTが鍵で失敗するか、古い参照が新しい行を指す。",
    },
    reason: {
      en: "{name} goes to a fixed value, whatever rows there are.",
      ja: "{name} が、行にかかわらず固定値になる。",
    },
    remedy: {
      en: "Set it from the rows: the greatest key, and at least what it is now.",
      ja: "行から求めた最大の鍵以上、かつ現在の値以上に設定する。",
    },
    bad: "ALTER SEQUENCE orders_id_seq RESTART WITH 1;\n",
    good: "SELECT setval('orders_id_seq', (SELECT max(id) FROM orders));\n",
  },
});
