import { checks } from "../../check.ts";
import { deployment, dockerfile } from "./examples.ts";

/** Which code runs, and where it came from. */
export const IMAGES = checks({
  latestImage: {
    code: "deployment/latest-image",
    severity: "block",
    commitments: ["INV-OPS-003", "INV-017", "GL-037", "RF-138", "PD-042"],
    title: { en: "Image without a fixed version", ja: "バージョンを固定していないイメージ" },
    why: {
      en: "`latest`, or no tag, names another image tomorrow: two pods of one release may run different code, and a rollback starts the same broken image again.",
      ja: "`latest` やタグなしの指定は、明日には別のイメージを指す。同じリリースの Pod が異なるコードで動き、ロールバックしても壊れたイメージが再び起動しうる。",
    },
    reason: {
      en: "`{image}` does not name one fixed image.",
      ja: "`{image}` は一つの固定されたイメージを指さない。",
    },
    remedy: {
      en: "Name a version tag, best together with its digest: name:1.4.2@sha256:…",
      ja: "バージョンのタグを、できればダイジェストとともに指定する（name:1.4.2@sha256:…）。",
    },
    bad: deployment({ image: "ghcr.io/acme/api:latest" }),
    good: deployment(),
  },
  movingImage: {
    code: "deployment/moving-image",
    severity: "block",
    commitments: ["INV-OPS-003", "GL-037", "PD-042"],
    title: { en: "Image tag that names a branch or channel", ja: "ブランチやチャンネルを指すイメージタグ" },
    why: {
      en: "Tags such as `main`, `edge` or `stable` are moved by every build, so nobody can say what runs and what a rollback returns to.",
      ja: "`main`・`edge`・`stable` のようなタグはビルドのたびに動くため、何が動いているか、ロールバックで何に戻るかを誰も言えない。",
    },
    reason: {
      en: "The tag of `{image}` is moved by later builds.",
      ja: "`{image}` のタグは後のビルドで動く。",
    },
    remedy: {
      en: "Use the release's own tag (semver or commit) or digest.",
      ja: "リリース固有のタグ（semver・コミット）かダイジェストを使う。",
    },
    bad: deployment({ image: "ghcr.io/acme/api:main" }),
    good: deployment({ image: "ghcr.io/acme/api:3f9c2d1" }),
  },
  remoteAdd: {
    code: "deployment/remote-add",
    severity: "warn",
    commitments: ["RF-056"],
    title: { en: "Download without a checksum", ja: "チェックサムのないダウンロード" },
    why: {
      en: "What the address serves tomorrow ends up in the image unseen.",
      ja: "そのアドレスが明日返すものが、誰にも見られずイメージに入る。",
    },
    reason: {
      en: "ADD fetches `{url}` without a checksum.",
      ja: "ADD が `{url}` をチェックサムなしで取得する。",
    },
    remedy: {
      en: "Write ADD --checksum=sha256:… or fetch and verify in a RUN.",
      ja: "ADD --checksum=sha256:… と書くか、RUN で取得して検証する。",
    },
    bad: dockerfile(["ADD https://example.com/tool.tar.gz /opt/"]),
    good: dockerfile([`ADD --checksum=sha256:${"a".repeat(64)} https://example.com/tool.tar.gz /opt/`]),
  },
  pipeToShell: {
    code: "deployment/pipe-to-shell",
    severity: "warn",
    commitments: ["RF-056"],
    title: { en: "Downloaded script run unseen", ja: "取得したスクリプトをそのまま実行" },
    why: {
      en: "Whoever controls the address runs code in the build, with its secrets.",
      ja: "そのアドレスを握る者が、ビルドの中で秘密情報とともにコードを実行できる。",
    },
    reason: {
      en: "`{command}` runs what it downloads.",
      ja: "`{command}` は取得したものをそのまま実行する。",
    },
    remedy: {
      en: "Install a fixed version from a package, or verify a checksum first.",
      ja: "固定したバージョンをパッケージから入れるか、先にチェックサムを検証する。",
    },
    bad: dockerfile(["RUN curl -fsSL https://example.com/install.sh | sh"]),
    good: dockerfile(["RUN apt-get update && apt-get install -y --no-install-recommends tini=0.19.0-1"]),
  },
  npmInstall: {
    code: "deployment/npm-install",
    severity: "warn",
    commitments: ["GL-034"],
    title: { en: "Install that may change the lock file", ja: "ロックファイルを変えうるインストール" },
    why: {
      en: "`npm install` may resolve newer versions than those that were tested; `npm ci` installs the lock file or fails.",
      ja: "`npm install` は試験したものより新しいバージョンを選ぶことがある。`npm ci` はロックファイルどおりに入れるか失敗する。",
    },
    reason: {
      en: "`npm install` does not keep to the lock file.",
      ja: "`npm install` はロックファイルに従うとは限らない。",
    },
    remedy: { en: "Use `npm ci`.", ja: "`npm ci` を使う。" },
    bad: dockerfile(["COPY package*.json ./", "RUN npm install --omit=dev"]),
    good: dockerfile(["COPY package*.json ./", "RUN npm ci --omit=dev"]),
  },
});
