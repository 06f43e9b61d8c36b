import { checks } from "../../check.ts";

const COMMITMENTS = ["RF-057", "RF-145"];
const DIGEST = `sha256:${"ab".repeat(32)}`;
const OTHER = `sha256:${"cd".repeat(32)}`;

const lock = (...names: string[]) =>
  `${JSON.stringify(
    {
      name: "shop",
      version: "1.4.0",
      lockfileVersion: 3,
      packages: Object.fromEntries([
        ["", { name: "shop", version: "1.4.0" }],
        ...names.map((name) => [
          `node_modules/${name}`,
          {
            version: "1.0.0",
            license: "MIT",
            integrity: `sha512-${Buffer.from("ab".repeat(64), "hex").toString("base64")}`,
          },
        ]),
      ]),
    },
    null,
    2,
  )}\n`;

function bom(
  names: readonly string[],
  more: { digest?: string; serial?: string; hash?: string } = {},
): string {
  const digest = more.digest === undefined ? [] : [{ name: "toban:artifact:digest", value: more.digest }];
  return `${JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      serialNumber: more.serial ?? "urn:uuid:3f0c2c53-4f0f-4a3b-9c35-0a3d2d4c5b6a",
      version: 1,
      metadata: {
        component: { type: "application", name: "shop", version: "1.4.0", purl: "pkg:npm/shop@1.4.0" },
        properties: digest,
      },
      components: names.map((name) => ({
        type: "library",
        name,
        version: "1.0.0",
        purl: `pkg:npm/${name}@1.0.0`,
        hashes: [{ alg: "SHA-512", content: more.hash ?? "ab".repeat(64) }],
        licenses: [{ license: { id: "MIT" } }],
      })),
    },
    null,
    2,
  )}\n`;
}

const RIGHT = { "sbom.cdx.json": bom(["pad-zero"]), "package-lock.json": lock("pad-zero") };
const BOUND = { "sbom.cdx.json": bom(["pad-zero"], { digest: DIGEST }), "digest.txt": DIGEST };

export const SBOM_CHECKS = checks({
  missing: {
    code: "supply/sbom-missing",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A release without an SBOM", ja: "SBOMのないリリース" },
    why: {
      en: "When the next vulnerability becomes known, the first question is which releases contain the package. Without an SBOM nobody can say.",
      ja: "次の脆弱性が公表されたとき、最初に問われるのはどのリリースがそのパッケージを含むかである。SBOMがなければ誰も答えられない。",
    },
    reason: { en: "The release has no SBOM.", ja: "リリースにSBOMがない。" },
    remedy: {
      en: "Make one with `npm sbom --sbom-format cyclonedx > sbom.cdx.json` and keep it with the release.",
      ja: "`npm sbom --sbom-format cyclonedx > sbom.cdx.json` で作り、リリースと共に保管する。",
    },
    bad: { "digest.txt": DIGEST },
    good: BOUND,
  },
  unreadable: {
    code: "supply/sbom-unreadable",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "An SBOM that cannot be read", ja: "読み取れないSBOM" },
    why: {
      en: "An SBOM that tools cannot read answers no question when it is needed.",
      ja: "ツールで読めないSBOMは、必要なときに何の問いにも答えられない。",
    },
    reason: {
      en: "It is no CycloneDX JSON document of version 1.4 to 1.7 ({detail}).",
      ja: "CycloneDX 1.4〜1.7のJSON文書ではない({detail})。",
    },
    remedy: {
      en: "Make it again with `npm sbom --sbom-format cyclonedx`.",
      ja: "`npm sbom --sbom-format cyclonedx` で作り直す。",
    },
    bad: { "sbom.cdx.json": bom(["pad-zero"]).slice(0, 300) },
    good: RIGHT,
  },
  incomplete: {
    code: "supply/sbom-incomplete",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "An SBOM that lacks an essential", ja: "必須項目が欠けたSBOM" },
    why: {
      en: "Without a serial number, a subject, versions and package URLs, an SBOM cannot be matched with anything.",
      ja: "シリアル番号、対象、バージョン、パッケージURLがないSBOMは、何とも照合できない。",
    },
    reason: { en: "The SBOM lacks {detail}.", ja: "SBOMに {detail} がない。" },
    remedy: { en: "Make it with a tool that fills these in.", ja: "これらを埋めるツールで作り直す。" },
    bad: { "sbom.cdx.json": bom(["pad-zero"], { serial: "1" }) },
    good: RIGHT,
  },
  otherArtefact: {
    code: "supply/sbom-of-another-artefact",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "The SBOM of another artefact", ja: "別の成果物のSBOM" },
    why: {
      en: "An SBOM copied from an earlier release lists what is not in this one and hides what is.",
      ja: "以前のリリースから写したSBOMは、含まれないものを載せ、含まれるものを隠す。",
    },
    reason: {
      en: "The SBOM is of {told}, the release of {wanted}.",
      ja: "SBOMは {told}、リリースは {wanted} のものである。",
    },
    remedy: {
      en: "Make the SBOM from the very build that is released.",
      ja: "リリースするビルドそのものからSBOMを作る。",
    },
    bad: { "sbom.cdx.json": bom(["pad-zero"], { digest: OTHER }), "digest.txt": DIGEST },
    good: BOUND,
  },
  unbound: {
    code: "supply/sbom-unbound",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "An SBOM that names no artefact", ja: "成果物を示さないSBOM" },
    why: {
      en: "Only the artefact's digest ties an SBOM to a release; names and versions are used twice too easily.",
      ja: "SBOMとリリースを結び付けるのは成果物のダイジェストだけである。名前とバージョンは容易に重複する。",
    },
    reason: {
      en: "The SBOM does not say that it is of {wanted}.",
      ja: "SBOMに {wanted} のものであることが書かれていない。",
    },
    remedy: {
      en: "Write the artefact's digest into `metadata.component.hashes` or the property `toban:artifact:digest`.",
      ja: "成果物のダイジェストを `metadata.component.hashes` またはプロパティ `toban:artifact:digest` に書く。",
    },
    bad: { "sbom.cdx.json": bom(["pad-zero"]), "digest.txt": DIGEST },
    good: BOUND,
  },
  uncovered: {
    code: "supply/sbom-uncovered",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "Production packages that the SBOM leaves out", ja: "SBOMにない本番パッケージ" },
    why: {
      en: "A package that is shipped but not listed is not found when it turns out to be vulnerable.",
      ja: "出荷したのに記載のないパッケージは、脆弱性が判明しても見つけられない。",
    },
    reason: {
      en: "{count} production packages of the lockfile are not in the SBOM: {names}",
      ja: "ロックファイルの本番パッケージ {count} 件がSBOMにない: {names}",
    },
    remedy: {
      en: "Make the SBOM again from this lockfile. `npm sbom --omit dev` also leaves out what production shares with development: make it without `--omit`.",
      ja: "このロックファイルからSBOMを作り直す。`npm sbom --omit dev` は本番と開発の両方で使うものまで省くため、`--omit` なしで作る。",
    },
    bad: { ...RIGHT, "package-lock.json": lock("pad-zero", "pad-one") },
    good: RIGHT,
  },
  otherContent: {
    code: "supply/sbom-other-content",
    severity: "block",
    commitments: COMMITMENTS,
    title: {
      en: "A package whose content differs from the lockfile's",
      ja: "ロックファイルと内容が異なるパッケージ",
    },
    why: {
      en: "The same name and version with another hash is either a mistake or a swapped package.",
      ja: "名前とバージョンが同じでハッシュが違うのは、誤りかパッケージのすり替えである。",
    },
    reason: {
      en: "{count} packages have another hash in the SBOM than in the lockfile: {names}",
      ja: "{count} 件のパッケージのハッシュがSBOMとロックファイルで異なる: {names}",
    },
    remedy: {
      en: "Find out where the package came from, then install from the lockfile with `npm ci` and make the SBOM again.",
      ja: "パッケージの入手元を調べ、`npm ci` でロックファイルから導入し直してSBOMを作り直す。",
    },
    bad: { ...RIGHT, "sbom.cdx.json": bom(["pad-zero"], { hash: "cd".repeat(64) }) },
    good: RIGHT,
  },
  extra: {
    code: "supply/sbom-extra",
    severity: "info",
    commitments: COMMITMENTS,
    title: { en: "Packages that only the SBOM has", ja: "SBOMにだけあるパッケージ" },
    why: {
      en: "Usually they come from the base image or another lockfile; it is good to know which.",
      ja: "多くはベースイメージや別のロックファイルに由来する。由来を把握しておく。",
    },
    reason: {
      en: "{count} components are not in the lockfile: {names}",
      ja: "{count} 件の構成要素がロックファイルにない: {names}",
    },
    remedy: { en: "Make sure that you know where they come from.", ja: "由来を確認する。" },
    bad: { ...RIGHT, "sbom.cdx.json": bom(["pad-zero", "pad-one"]) },
    good: RIGHT,
  },
  noLockfile: {
    code: "supply/sbom-lockfile-unreadable",
    severity: "warn",
    undecided: true,
    commitments: COMMITMENTS,
    title: { en: "The lockfile to compare with cannot be read", ja: "比較するロックファイルを読み取れない" },
    why: {
      en: "Whether the SBOM is whole can only be seen beside the lockfile that the release was built from.",
      ja: "SBOMが完全かどうかは、リリースの元になったロックファイルと比べなければ分からない。",
    },
    reason: { en: "{lockfile} is no npm lockfile.", ja: "{lockfile} はnpmのロックファイルではない。" },
    remedy: {
      en: "Give the package-lock.json of the build.",
      ja: "ビルドに使った package-lock.json を渡す。",
    },
    bad: { ...RIGHT, "package-lock.json": "{" },
    good: RIGHT,
  },
});
