import { checks } from "../../check.ts";
import { COMPATIBILITY } from "./drops.ts";

const COMMITMENTS = [...COMPATIBILITY, "RF-156"];
const STEP = "SET lock_timeout = '2s';\nALTER TABLE users DROP COLUMN nickname;\n";
const GOOD = "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN display_name text;\n";
const ENTRY = {
  object: "users.nickname",
  expandedBy: "2.3.0",
  liveAt100Since: "2020-01-10T09:00:00Z",
  bakeOver: true,
  rollbackWindowEndsAt: "2020-01-17T09:00:00Z",
  liveVersionsReferencing: [] as string[],
};
const ledger = (entry: Partial<typeof ENTRY>): string => JSON.stringify([{ ...ENTRY, ...entry }]);
const files = (step: string, ...entries: string[]): Record<string, string> => ({
  "migrations/0001-change.sql": step,
  "release-ledger.json": entries[0] ?? "[]",
});
const why = {
  en: "Taking something away is safe only when no version that is live or may come back can use it. The release ledger does not show that yet.",
  ja: "取り除いて安全なのは、稼働中の版と戻りうる版のどれもそれを使わないときだけである。リリース台帳はまだそれを示していない。",
};
const remedy = {
  en: "Leave the object in place and run this migration once the ledger shows the expand step live at 100 %, baked, past its rollback window, and used by no live version.",
  ja: "対象を残しておき、拡張の段が100%で稼働し、ベークとロールバック可能期間が終わり、使う版がなくなったことを台帳が示してから実行する。",
};

/** Contract steps that the release ledger does not allow yet, by what is still missing. */
export const CONTRACT_CHECKS = checks({
  withoutExpand: {
    code: "migration/contract-without-expand",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A contract step without its expand step", ja: "拡張の段のない縮小の段" },
    why,
    reason: {
      en: "The release ledger knows no version that stopped using {object}.",
      ja: "{object} を使わなくなった版がリリース台帳にない。",
    },
    remedy: {
      en: "First ship a version that no longer uses it and record it as the expand step.",
      ja: "まず、これを使わない版を出荷し、拡張の段として記録する。",
    },
    bad: files(STEP, "[]"),
    good: files(STEP, ledger({})),
  },
  notLive: {
    code: "migration/contract-before-live",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "A contract step before the expand step is live everywhere",
      ja: "拡張の段が行き渡る前の縮小の段",
    },
    why,
    reason: {
      en: "The version that stopped using {object} is not live at 100 %.",
      ja: "{object} を使わなくなった版が100%で稼働していない。",
    },
    remedy,
    bad: files(STEP, JSON.stringify([{ ...ENTRY, liveAt100Since: undefined }])),
    good: files(STEP, ledger({})),
  },
  baking: {
    code: "migration/contract-before-bake",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A contract step during the bake", ja: "ベーク中の縮小の段" },
    why,
    reason: {
      en: "The bake of the version that stopped using {object} is not over.",
      ja: "{object} を使わなくなった版のベークが終わっていない。",
    },
    remedy,
    bad: files(STEP, ledger({ bakeOver: false })),
    good: files(STEP, ledger({})),
  },
  rollbackWindow: {
    code: "migration/contract-in-rollback-window",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A contract step within the rollback window", ja: "ロールバック可能期間内の縮小の段" },
    why,
    reason: {
      en: "A rollback to a version that uses {object} is still possible.",
      ja: "{object} を使う版へのロールバックがまだ可能である。",
    },
    remedy,
    bad: files(STEP, ledger({ rollbackWindowEndsAt: "2999-01-01T00:00:00Z" })),
    good: files(STEP, ledger({})),
  },
  inUse: {
    code: "migration/contract-in-use",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A contract step on what a live version uses", ja: "稼働中の版が使うものへの縮小の段" },
    why,
    reason: {
      en: "A live version still refers to {object}.",
      ja: "稼働中の版がまだ {object} を参照している。",
    },
    remedy,
    bad: files(STEP, ledger({ liveVersionsReferencing: ["2.2.0"] })),
    good: files(GOOD, ledger({ liveVersionsReferencing: ["2.2.0"] })),
  },
});
