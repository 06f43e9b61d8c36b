import { checks } from "../check.ts";
import { COVERAGE_CHECKS } from "./checks-coverage.ts";

const settings = (configuration: object) => JSON.stringify({ configuration });

const TWO = { environments: { dev: "env/dev.env", prod: "env/prod.env" } };
const BACKEND = {
  ...TWO,
  required: { backend: ["DATABASE_URL", "JWT_SECRET", "RUST_LOG", "CORS_ORIGIN"], common: ["AWS_REGION"] },
};
const DEV = [
  "DATABASE_URL=postgres://app:9fK2qLd@db.dev.internal/app",
  "JWT_SECRET=Zt7wq0PpdL3s",
  "RUST_LOG=debug",
  "CORS_ORIGIN=https://dev.ringiflow.example",
  "AWS_REGION=ap-northeast-1",
].join("\n");
const PROD = [
  "DATABASE_URL=postgres://app:Xr81mVv@db.prod.internal/app",
  "JWT_SECRET=k8Vb2mQy5RhE",
  "RUST_LOG=info",
  "CORS_ORIGIN=https://ringiflow.example",
  "AWS_REGION=ap-northeast-1",
].join("\n");
const GOOD = { "toban.check.json": settings(BACKEND), "env/dev.env": DEV, "env/prod.env": PROD };

export const CONFIGURATION_CHECKS = checks({
  ...COVERAGE_CHECKS,
  missingVariable: {
    code: "configuration/missing-variable",
    severity: "block",
    commitments: ["GL-047", "GL-048", "GL-049", "GL-052"],
    title: { en: "A required variable is missing in an environment", ja: "必須の環境変数がない" },
    why: {
      en: "The service will not start there, or it starts and fails at the first request that needs the variable.",
      ja: "その環境ではサービスが起動しない。起動しても、その変数を使う最初のリクエストで失敗する。",
    },
    reason: {
      en: "{environment} does not set {name}, which {service} needs.",
      ja: "{environment} に {name} がない（{service} に必須）。",
    },
    remedy: {
      en: "Set {name} in {environment}, or take it out of `required` when {service} does not read it any more.",
      ja: "{environment} に {name} を設定する。{service} がもう読まないなら `required` から外す。",
    },
    bad: { ...GOOD, "env/prod.env": PROD.replace(/^CORS_ORIGIN=.*\n/m, "") },
    good: GOOD,
  },
  emptyVariable: {
    code: "configuration/empty-variable",
    severity: "block",
    commitments: ["GL-047", "GL-048", "GL-049", "GL-052"],
    title: { en: "A required variable is empty", ja: "必須の環境変数が空" },
    why: {
      en: "An empty value passes a careless start-up check and then means no secret, no origin or no database.",
      ja: "空の値は甘い起動時チェックをすり抜け、秘密鍵・許可オリジン・接続先のない状態で動き出す。",
    },
    reason: {
      en: "{environment} sets {name}, which {service} needs, to an empty value.",
      ja: "{environment} の {name} が空（{service} に必須）。",
    },
    remedy: { en: "Give {name} a value in {environment}.", ja: "{environment} の {name} に値を入れる。" },
    bad: { ...GOOD, "env/prod.env": PROD.replace(/^JWT_SECRET=.*$/m, 'JWT_SECRET=""') },
    good: GOOD,
  },
  placeholderInProduction: {
    code: "configuration/placeholder-in-production",
    severity: "block",
    commitments: ["GL-044"],
    title: { en: "A placeholder stands in production", ja: "本番に仮の値が残っている" },
    why: {
      en: "A value such as `changeme` is known to everybody who has seen the example file.",
      ja: "`changeme` のような値は、雛形を見た人なら誰でも知っている。",
    },
    reason: {
      en: "{name} of {environment} is still the placeholder of a template.",
      ja: "{environment} の {name} が雛形の仮の値のままになっている。",
    },
    remedy: {
      en: "Put a generated value into the secret store and refer to it here.",
      ja: "生成した値をシークレットストアに入れ、ここから参照する。",
    },
    bad: { ...GOOD, "env/prod.env": PROD.replace(/^JWT_SECRET=.*$/m, "JWT_SECRET=changeme") },
    good: GOOD,
  },
  nameNotByConvention: {
    code: "configuration/name-not-by-convention",
    severity: "block",
    commitments: ["GL-046"],
    title: { en: "A variable's name breaks the naming rule", ja: "環境変数名が命名規約に合わない" },
    why: {
      en: "Names by one rule show whose variable it is and keep two services from reading each other's.",
      ja: "命名が揃っていれば、どのサービスの変数か分かり、他サービスの値を誤って読まない。",
    },
    reason: {
      en: "{name} in {environment} does not follow {rule}.",
      ja: "{environment} の {name} が命名規約 {rule} に合わない。",
    },
    remedy: {
      en: "Rename it by the rule, in every environment and in the code that reads it; set both names for one release.",
      ja: "規約に沿って全環境とコードで改名する。1 リリースの間は新旧両方を設定する。",
    },
    bad: {
      "toban.check.json": settings({ ...TWO, naming: "GLANCEFLOW_<SERVICE>_<KEY>" }),
      "env/dev.env": "GLANCEFLOW_BACKEND_LOG_LEVEL=debug\n",
      "env/prod.env": "BackendLogLevel=info\n",
    },
    good: {
      "toban.check.json": settings({ ...TWO, naming: "GLANCEFLOW_<SERVICE>_<KEY>" }),
      "env/dev.env": "GLANCEFLOW_BACKEND_LOG_LEVEL=debug\nAWS_REGION=ap-northeast-1\n",
      "env/prod.env": "GLANCEFLOW_BACKEND_LOG_LEVEL=info\nAWS_REGION=ap-northeast-1\n",
    },
  },
  sharedSecret: {
    code: "configuration/shared-secret",
    severity: "block",
    commitments: ["GL-044", "RF-050"],
    title: {
      en: "Two environments share a secret, a data store or a key",
      ja: "環境間で秘密・データストア・鍵を共有している",
    },
    why: {
      en: "Who can read the development environment then reaches production, and one cannot be rotated alone.",
      ja: "開発環境を読める人が本番に手が届くことになり、片方だけをローテーションすることもできない。",
    },
    reason: {
      en: "{name} of {environment} has the same value (••••) as {otherName} of {other}.",
      ja: "{environment} の {name} が {other} の {otherName} と同じ値（••••）になっている。",
    },
    remedy: {
      en: "Give each environment a value of its own and rotate a shared secret. If it may be shared, name it in `sharedAllowed`.",
      ja: "環境ごとに別の値にし、共有していた秘密はローテーションする。共有してよい値は `sharedAllowed` に挙げる。",
    },
    bad: { ...GOOD, "env/prod.env": PROD.replace("k8Vb2mQy5RhE", "Zt7wq0PpdL3s") },
    good: GOOD,
  },
  environmentDrift: {
    code: "configuration/environment-drift",
    severity: "warn",
    commitments: ["GL-052"],
    title: { en: "One environment lacks a variable that the others set", ja: "一つの環境にだけ変数がない" },
    why: {
      en: "What was tested in one environment is then not what runs in the next.",
      ja: "ある環境で試したものと、次の環境で動くものが違ってしまう。",
    },
    reason: {
      en: "{environment} does not set {name}; {others} do.",
      ja: "{others} にある {name} が {environment} にない。",
    },
    remedy: {
      en: "Set it in {environment} too, or put it under `required` so that it can never be forgotten.",
      ja: "{environment} にも設定する。忘れてはならないなら `required` に加える。",
    },
    bad: {
      "toban.check.json": settings({
        environments: { dev: ["LOG_LEVEL"], stg: ["LOG_LEVEL"], prod: ["OTHER"] },
      }),
    },
    good: {
      "toban.check.json": settings({
        environments: { dev: ["LOG_LEVEL"], stg: ["LOG_LEVEL"], prod: ["LOG_LEVEL"] },
      }),
    },
  },
  staleExample: {
    code: "configuration/stale-example",
    severity: "warn",
    commitments: ["GL-047", "GL-048"],
    title: { en: "The example file lacks a required variable", ja: "雛形に必須の環境変数がない" },
    why: {
      en: "Whoever sets an environment up from the example leaves the variable out.",
      ja: "雛形から環境を作る人が、その変数を設定し忘れる。",
    },
    reason: {
      en: "{file} does not show {name}, which {service} needs.",
      ja: "{service} に必須の {name} が {file} にない。",
    },
    remedy: { en: "Add {name} without a value to {file}.", ja: "{file} に値なしで {name} を加える。" },
    bad: { ...GOOD, ".env.example": "DATABASE_URL=\nJWT_SECRET=\nRUST_LOG=info\nAWS_REGION=\n" },
    good: {
      ...GOOD,
      ".env.example": "DATABASE_URL=\nJWT_SECRET=\nRUST_LOG=info\nCORS_ORIGIN=\nAWS_REGION=\n",
    },
  },
  environmentUnreadable: {
    code: "configuration/environment-unreadable",
    severity: "block",
    undecided: true,
    commitments: ["GL-044", "GL-047"],
    title: { en: "An environment's variables cannot be read", ja: "環境変数のファイルを読めない" },
    why: {
      en: "What cannot be read cannot be compared; taking it for good would hide a missing variable.",
      ja: "読めないものは照合できない。合格とみなせば、不足を見逃す。",
    },
    reason: {
      en: "{file} is missing, or it is no `.env`, JSON or YAML file that holds variables.",
      ja: "{file} がないか、変数を持つ `.env`・JSON・YAML として読めない。",
    },
    remedy: {
      en: "Correct its path under `environments`, or its syntax.",
      ja: "`environments` のパスか、ファイルの構文を直す。",
    },
    bad: { "toban.check.json": settings(TWO), "env/dev.env": "LOG_LEVEL=debug\n" },
    good: GOOD,
  },
  committedSecret: {
    code: "configuration/committed-secret",
    severity: "block",
    commitments: ["GL-045"],
    title: { en: "A committed .env file holds a secret", ja: "コミットされた .env に秘密の値がある" },
    why: {
      en: "Everybody who can read the repository, now or in its history, holds the secret; it cannot be taken back.",
      ja: "リポジトリを（履歴も含めて）読める全員が秘密を持つことになり、取り消せない。",
    },
    reason: {
      en: "{file} is part of the repository and sets {name} to a secret value (••••).",
      ja: "リポジトリにある {file} が {name} に秘密の値（••••）を設定している。",
    },
    remedy: {
      en: "Rotate the secret, keep it in the secret store, take the file out of the repository and let git ignore it.",
      ja: "秘密をローテーションしてシークレットストアに移し、ファイルをリポジトリから外して git の対象外にする。",
    },
    bad: { ".env.production": "JWT_SECRET=k8Vb2mQy5RhE\n" },
    good: { ".env.example": "JWT_SECRET=\n", ".env.production": "PUBLIC_APP_ENV=production\n" },
  },
  envFileInImage: {
    code: "configuration/env-file-in-image",
    severity: "block",
    commitments: ["GL-045"],
    title: { en: "A .env file gets into the image", ja: ".env がイメージに入る" },
    why: {
      en: "Values in an image are read by everybody who can pull it and are the same in every environment.",
      ja: "イメージ内の値は、取得できる全員に読まれ、全環境で同じになる。",
    },
    reason: {
      en: "This instruction copies {file} into the image.",
      ja: "この命令は {file} をイメージにコピーする。",
    },
    remedy: {
      en: "List `.env*` in `.dockerignore`, do not copy it, and give values at run time from the secret store.",
      ja: "`.dockerignore` に `.env*` を書き、コピーせず、実行時にシークレットストアから渡す。",
    },
    bad: { Dockerfile: "FROM node:24-slim\nWORKDIR /app\nCOPY package.json .env ./\n" },
    good: {
      Dockerfile: "FROM node:24-slim\nWORKDIR /app\nCOPY . .\n",
      ".dockerignore": "node_modules\n.env*\n",
      ".env": "LOG_LEVEL=debug\n",
    },
  },
});
