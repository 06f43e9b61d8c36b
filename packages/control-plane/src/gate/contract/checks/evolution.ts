import { checks } from "../../check.ts";
import { operation, pair } from "./examples.ts";

const BEFORE = operation('responses: { "200": { description: The orders. } }');

const declared = (rollback: string): string => `{
  "evolution": [
    {
      "changes": ["contract/operation-removed"],
      "migrationNotes": "https://example.com/orders/migration",
      "compatibleUntil": "2999-12-31",
      "stagedRelease": "https://example.com/releases/42"${rollback}
    }
  ]
}
`;

/** Breaking changes that are meant. */
export const EVOLUTION_CHECKS = checks({
  evolutionIncomplete: {
    code: "contract/evolution-incomplete",
    severity: "block",
    commitments: ["RF-141"],
    title: { en: "A declared breaking change lacks its safeguards", ja: "宣言した破壊的変更の備えの不足" },
    why: {
      en: "A breaking change is allowed only when the compatibility period, the staged release, the way back and the notes for consumers are presented together.",
      ja: "破壊的変更は、互換期間・段階リリース・戻し方・利用側への案内がそろって示された場合だけ許される。",
    },
    reason: {
      en: "The declared change of {name} lacks: {missing}.",
      ja: "宣言した変更 {name} に足りないもの: {missing}。",
    },
    remedy: {
      en: "Give migrationNotes, a compatibleUntil in the future, stagedRelease and rollback; files that are named must exist.",
      ja: "migrationNotes・未来の compatibleUntil・stagedRelease・rollback を書く。ファイルを指すなら存在させる。",
    },
    bad: { ...pair(BEFORE, "paths: {}\n"), "settings.json": declared("") },
    good: {
      ...pair(BEFORE, "paths: {}\n"),
      "settings.json": declared(',\n      "rollback": "https://example.com/runbooks/orders-back"'),
    },
  },
});
