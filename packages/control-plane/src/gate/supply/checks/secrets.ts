import { checks } from "../../check.ts";

const COMMITMENTS = ["RF-038", "RF-055", "PD-009", "GL-045"];

/** Invented values, put together here so that this file holds none in one piece. */
const made = (...parts: string[]) => parts.join("");

const REMEDY = {
  en: "Revoke it where it was issued, since it stays in the history; then read it at start-up from the secret store. Only a waiver lets it stay.",
  ja: "履歴に残るため発行元で失効させ、起動時にシークレットストアから読み込む。残すには免除の承認が要る。",
};

export const SECRET_CHECKS = checks({
  token: {
    code: "supply/secret-token",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A service's key in a file", ja: "ファイルに書かれたサービスのキー" },
    why: {
      en: "Whoever can read the repository, a backup or an image layer can use the key. Such keys are found by machines within minutes.",
      ja: "リポジトリ、バックアップ、イメージのレイヤーを読める者は誰でもそのキーを使える。公開されれば数分で機械に見つかる。",
    },
    reason: { en: "The file holds a {what}.", ja: "ファイルに秘密情報がある: {what}" },
    remedy: REMEDY,
    bad: { "deploy.env": `AWS_ACCESS_KEY_ID=${made("AKIA", "Z3QP7LMX", "W5RT2KVB")}\n` },
    good: { "deploy.env": `AWS_ACCESS_KEY_ID=${made("AKIA", "IOSFODNN7", "EXAMPLE")}\n` },
  },
  key: {
    code: "supply/secret-private-key",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A private key in a file", ja: "ファイルに書かれた秘密鍵" },
    why: {
      en: "A private key proves who somebody is. Once it is in a repository it proves nothing any more.",
      ja: "秘密鍵は本人であることの証明である。リポジトリに入った時点で証明にならなくなる。",
    },
    reason: { en: "The file holds a {what}.", ja: "ファイルに秘密鍵がある: {what}" },
    remedy: REMEDY,
    bad: {
      "server.pem": `-----BEGIN ${made("PRIVATE", " KEY")}-----\n${made("MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSjAgEAAoIBAQ")}\n-----END PRIVATE KEY-----\n`,
    },
    good: {
      "server.pem":
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    },
  },
  url: {
    code: "supply/secret-in-url",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A password in an address", ja: "接続先に書かれたパスワード" },
    why: {
      en: "Addresses are logged, shown in errors and passed on; a password in one goes everywhere the address goes.",
      ja: "接続先はログやエラーに出て、あちこちに渡される。その中のパスワードも同じだけ広がる。",
    },
    reason: { en: "The file holds the {what}.", ja: "ファイルに秘密情報がある: {what}" },
    remedy: REMEDY,
    bad: { "config.yaml": `url: postgres://shop:${made("kV7", "pQ2", "xR9t")}@db.internal:5432/shop\n` },
    good: { "config.yaml": ["url: postgres://shop:$", "{DB_PASSWORD}@db.internal:5432/shop\n"].join("") },
  },
  assigned: {
    code: "supply/secret-assigned",
    severity: "block",
    commitments: COMMITMENTS,
    title: { en: "A secret written into a file", ja: "ファイルに直接書かれた秘密情報" },
    why: {
      en: "A secret in code or configuration is the same in every environment, cannot be rotated without a release, and is read by everybody who reads the code.",
      ja: "コードや設定に書いた秘密情報は全環境で同じになり、リリースなしには更新できず、コードを読む全員に見える。",
    },
    reason: { en: "The file holds the {what}.", ja: "ファイルに秘密情報がある: {what}" },
    remedy: REMEDY,
    bad: { "config.yaml": `payment:\n  api_key: "${made("f3Kd9", "QmZ71x", "TbW4rLp8s")}"\n` },
    good: { "config.yaml": ['payment:\n  api_key: "$', '{PAYMENT_API_KEY}"\n'].join("") },
  },
});
