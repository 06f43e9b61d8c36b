import { checks } from "../../check.ts";
import { answers, HEAD, pair } from "./examples.ts";

const GOOD = pair(answers("{ type: string }"), answers("{ type: string }"));
const COMMITMENTS = ["RF-139"];

/** What keeps a contract from being compared at all. */
export const UNDECIDED_CHECKS = checks({
  baseMissing: {
    code: "contract/base-missing",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "No base to compare with", ja: "比較元がない" },
    why: {
      en: "Whether a contract still holds can only be told against the one that consumers use today.",
      ja: "契約が守られているかは、利用側が今使っている契約と比べなければ分からない。",
    },
    reason: { en: "{path} could not be read.", ja: "{path} を読めない。" },
    remedy: {
      en: "Give the contract of the last release as a file or as git:REF:path.",
      ja: "直近のリリースの契約を、ファイルまたは git:REF:path で指定する。",
    },
    bad: { "revision.yaml": `${HEAD}paths: {}\n` },
    good: GOOD,
  },
  unreadable: {
    code: "contract/unreadable",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "No readable OpenAPI document", ja: "OpenAPI文書として読めない" },
    why: {
      en: "A document that tools cannot read protects nobody: its consumers' tools cannot read it either.",
      ja: "ツールが読めない文書は誰も守らない。利用側のツールも読めない。",
    },
    reason: { en: "{path} cannot be read: {detail}.", ja: "{path} を読めない: {detail}。" },
    remedy: {
      en: "Write a valid OpenAPI 3 document with openapi, info and paths, in YAML or JSON.",
      ja: "openapi・info・paths を持つ有効なOpenAPI 3文書をYAMLかJSONで書く。",
    },
    bad: { "base.yaml": `${HEAD}paths: {}\n`, "revision.yaml": `${HEAD}paths: [` },
    good: GOOD,
  },
  versionUnsupported: {
    code: "contract/version-unsupported",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "Another version of the specification", ja: "対応していない仕様の版" },
    why: {
      en: "Swagger 2 and unknown versions give the same keywords other meanings; a comparison would be a guess.",
      ja: "Swagger 2や未知の版では同じキーワードの意味が違い、比較は推測になる。",
    },
    reason: { en: "{path} is of version {detail}.", ja: "{path} の版は {detail}。" },
    remedy: {
      en: "Convert the document to OpenAPI 3.0 or 3.1 and commit the result; compare that.",
      ja: "OpenAPI 3.0か3.1に変換してコミットし、それを比較する。",
    },
    bad: {
      "base.yaml": `${HEAD}paths: {}\n`,
      "revision.yaml": 'swagger: "2.0"\ninfo: { title: Orders, version: 1.0.0 }\npaths: {}\n',
    },
    good: GOOD,
  },
  referenceUnresolvable: {
    code: "contract/reference-unresolvable",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A reference leads nowhere", ja: "参照先がない" },
    why: {
      en: "What stands behind a broken reference is not part of the contract, so nothing can be said of it.",
      ja: "壊れた参照の先は契約に含まれず、何も判定できない。",
    },
    reason: { en: "{name} does not exist.", ja: "{name} が存在しない。" },
    remedy: {
      en: "Write the component, correct the reference, or put the file that it names beside the document.",
      ja: "コンポーネントを書くか、参照を直すか、参照先のファイルを文書の隣に置く。",
    },
    bad: pair(answers("{ type: string }"), answers('{ $ref: "#/components/schemas/Gone" }')),
    good: GOOD,
  },
  undecidable: {
    code: "contract/undecidable",
    severity: "block",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "A change that nobody can decide mechanically", ja: "機械的に判定できない変更" },
    why: {
      en: "Changed conditions (if, not, contains) and very many alternatives may accept more, less or both.",
      ja: "条件(if・not・contains)の変更や極端に多い選択肢は、受け入れる値を増やすことも減らすこともある。",
    },
    reason: {
      en: "{where}: whether the changed schema accepts the same values is undecided.",
      ja: "{where}: 変更後のスキーマが同じ値を受け入れるか判定できない。",
    },
    remedy: {
      en: "Leave the condition as it is and add an alternative beside it, or declare the change in evolution.",
      ja: "条件はそのままにして別の選択肢を足すか、evolution で変更を宣言する。",
    },
    bad: pair(
      answers("{ type: object, if: { required: [a] }, then: { required: [b] } }"),
      answers("{ type: object, if: { required: [c] }, then: { required: [b] } }"),
    ),
    good: GOOD,
  },
});
