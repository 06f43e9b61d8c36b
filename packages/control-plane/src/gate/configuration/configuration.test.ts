import { describe, expect, test } from "vitest";
import type { Example } from "../check.ts";
import { type SourceFile, verdictOf } from "../finding.ts";
import { CONFIGURATION_CHECKS, configurationFamily } from "./index.ts";

const filesOf = (example: Example): SourceFile[] =>
  typeof example === "string"
    ? [{ path: configurationFamily.exampleFile, text: example }]
    : Object.entries(example).map(([path, text]) => ({ path, text }));

const check = async (files: Record<string, string>, settings: object = {}) => {
  const all = { "toban.check.json": JSON.stringify({ configuration: settings }), ...files };
  const { findings } = await configurationFamily.example(filesOf(all));
  return { codes: findings.map(({ code }) => code), verdict: verdictOf(findings), findings };
};

describe("checks of the configuration", () => {
  test.each(Object.values(CONFIGURATION_CHECKS).map((one) => [one.code, one] as const))(
    "%s finds its bad example and passes its good one",
    async (code, one) => {
      const bad = await configurationFamily.example(filesOf(one.bad));
      expect(bad.findings.map((finding) => finding.code)).toContain(code);
      const good = await configurationFamily.example(filesOf(one.good));
      expect(good.findings.filter((finding) => finding.code === code)).toEqual([]);
      expect(verdictOf(good.findings)).toBe("pass");
    },
  );
});

const TWO = { environments: { dev: "dev.env", prod: "prod.env" } };

describe("values that two environments share", () => {
  const share = (dev: string, prod: string, more: object = {}) =>
    check({ "dev.env": dev, "prod.env": prod }, { ...TWO, ...more });
  // The files stand in the example's tree: only what is shared is looked at here.
  const shared = async (dev: string, prod: string, more: object = {}) =>
    (await share(dev, prod, more)).codes.includes("configuration/shared-secret");

  test.each([
    ["a secret under the same name", "JWT_SECRET=abcDEF123", "JWT_SECRET=abcDEF123"],
    ["a secret under another name", "JWT_SECRET=abcDEF123", "SESSION_TOKEN=abcDEF123"],
    [
      "a password inside different URLs",
      "DATABASE_URL=postgres://a:Pq9xZ@dev/x",
      "DATABASE_URL=postgres://a:Pq9xZ@prod/x",
    ],
    [
      "a well-known credential under a harmless name",
      "THING=AKIAABCDEFGHIJKLMNOP",
      "THING=AKIAABCDEFGHIJKLMNOP",
    ],
    [
      "a database without a password",
      "DATABASE_URL=postgres://db.internal/app",
      "DATABASE_URL=postgres://db.internal/app",
    ],
    [
      "an encryption key",
      "KMS_KEY_ID=arn:aws:kms:ap-northeast-1:1:key/ab",
      "KMS_KEY_ID=arn:aws:kms:ap-northeast-1:1:key/ab",
    ],
    ["quotes around one of them", 'API_KEY="k-123456"', "API_KEY=k-123456 # comment"],
    [
      "the same place in a secret store",
      "DB_PASSWORD=arn:aws:secretsmanager:ap-northeast-1:1:secret:db-x1",
      "DB_PASSWORD=arn:aws:secretsmanager:ap-northeast-1:1:secret:db-x1",
    ],
  ])("%s is refused", async (_, dev, prod) => {
    expect(await shared(dev, prod)).toBe(true);
  });

  test.each([
    ["a setting", "AWS_REGION=ap-northeast-1\nLOG_LEVEL=info", "AWS_REGION=ap-northeast-1\nLOG_LEVEL=info"],
    ["how long a token lives", "JWT_TOKEN_TTL=3600", "JWT_TOKEN_TTL=3600"],
    ["a value that the pipeline fills in", "API_KEY=$API_KEY", "API_KEY=$API_KEY"],
    ["a public key of a page", "PUBLIC_API_KEY=pk_abc12345", "PUBLIC_API_KEY=pk_abc12345"],
    ["an empty value", "JWT_SECRET=", "JWT_SECRET="],
    [
      "a name of the error tracker's project",
      "SENTRY_DSN=https://abc@o1.ingest.sentry.io/1",
      "SENTRY_DSN=https://abc@o1.ingest.sentry.io/1",
    ],
    ["a store on one's own machine", "REDIS_URL=redis://localhost:6379", "REDIS_URL=redis://localhost:6379"],
    ["a switch", "REQUIRE_PASSWORD=true", "REQUIRE_PASSWORD=true"],
  ])("%s may be the same", async (_, dev, prod) => {
    expect(await shared(dev, prod)).toBe(false);
  });

  test("what is allowed to be shared is left out, and what is named a secret is put in", async () => {
    expect(
      await shared("JWT_SECRET=abc12345", "JWT_SECRET=abc12345", { sharedAllowed: ["JWT_SECRET"] }),
    ).toBe(false);
    expect(await shared("LICENCE=abc12345", "LICENCE=abc12345")).toBe(false);
    expect(await shared("LICENCE=abc12345", "LICENCE=abc12345", { secretNames: ["^LICENCE$"] })).toBe(true);
  });

  test("no value is ever shown", async () => {
    const { findings } = await share("JWT_SECRET=veryHidden77", "JWT_SECRET=veryHidden77");
    expect(findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(findings)).not.toContain("veryHidden77");
  });
});

describe("variables that an environment must set", () => {
  const required = { required: { backend: ["DATABASE_HOST"], common: ["AWS_REGION"] } };

  test.each([
    ["a dotenv file", "prod.env", "export DATABASE_HOST='db'\nAWS_REGION=x\n"],
    ["a JSON map", "prod.json", '{ "DATABASE_HOST": "db", "AWS_REGION": "x" }'],
    ["a YAML map", "prod.yaml", "DATABASE_HOST: db\nAWS_REGION: x\n"],
    [
      "an ECS task definition",
      "task.json",
      '{"containerDefinitions":[{"name":"a","environment":[{"name":"AWS_REGION","value":"x"}],"secrets":[{"name":"DATABASE_HOST","valueFrom":"arn:aws:ssm:x:1:parameter/prod/db"}]}]}',
    ],
    [
      "a Kubernetes deployment",
      "deploy.yaml",
      "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          env:\n            - { name: AWS_REGION, value: x }\n            - name: DATABASE_HOST\n              valueFrom: { secretKeyRef: { name: db, key: host } }\n",
    ],
    [
      "a compose file",
      "compose.yaml",
      "services:\n  api:\n    environment:\n      - AWS_REGION=x\n      - DATABASE_HOST\n",
    ],
  ])("are read from %s", async (_, path, text) => {
    expect((await check({ [path]: text }, { environments: { prod: path }, ...required })).codes).toEqual([]);
    const one = await check(
      { [path]: text.replaceAll("DATABASE_HOST", "OTHER_HOST") },
      { environments: { prod: path }, ...required },
    );
    expect(one.codes).toContain("configuration/missing-variable");
    expect(one.verdict).toBe("fail");
  });

  test("may stand under the name that the convention gives them", async () => {
    const settings = {
      environments: { prod: { GLANCEFLOW_BACKEND_DATABASE_HOST: "db", AWS_REGION: "x" } },
      naming: "GLANCEFLOW_<SERVICE>_<KEY>",
      ...required,
    };
    expect((await check({}, settings)).codes).toEqual([]);
  });

  test("may be a list of names without values", async () => {
    expect(
      (await check({}, { environments: { prod: ["AWS_REGION", "DATABASE_HOST"] }, ...required })).verdict,
    ).toBe("pass");
    expect((await check({}, { environments: { prod: ["AWS_REGION"] }, ...required })).verdict).toBe("fail");
  });

  test.each([
    ["is missing", {}],
    ["is no list of variables", { "prod.yaml": "- [1, 2]\n- {" }],
  ])("cannot be decided when the file %s", async (_, files) => {
    const one = await check(files, { environments: { prod: "prod.yaml" }, ...required });
    expect(one.codes).toEqual(["configuration/environment-unreadable"]);
    expect(one.verdict).toBe("inconclusive");
  });
});

describe("placeholders in production", () => {
  test.each([
    ["DB_PASSWORD=password", true],
    ["API_KEY=<your key>", true],
    ["SMTP_HOST=change-me", true],
    ["CACHE=none", false],
    ["LOG_FORMAT=sample", false],
    ["DB_PASSWORD=x8Kq2mVb", false],
  ])("%s: refused %s", async (text, refused) => {
    const one = await check({ "prod.env": text }, { environments: { production: "prod.env" } });
    expect(one.codes.includes("configuration/placeholder-in-production")).toBe(refused);
    const dev = await check({ "dev.env": text }, { environments: { dev: "dev.env" } });
    expect(dev.codes).not.toContain("configuration/placeholder-in-production");
  });
});

describe("env files in the tree and in images", () => {
  test.each([
    ["a password", { ".env": "DB_PASSWORD=s3cr3tpw\n" }],
    ["a URL with a password", { "apps/web/.env.local": "DATABASE_URL=postgres://u:p4ssw0rd@db.example/x\n" }],
  ])("a committed file with %s is refused", async (_, files) => {
    expect((await check(files as Record<string, string>)).codes).toEqual(["configuration/committed-secret"]);
  });

  test.each([
    ["an example", { ".env.example": "DB_PASSWORD=s3cr3tpw\n" }],
    ["placeholders", { ".env": "DB_PASSWORD=<your password>\nJWT_SECRET=changeme\n" }],
    ["settings only", { ".env": "PORT=3000\nVITE_API_URL=/api\n" }],
    [
      "the database of one's own machine",
      { ".env": "DATABASE_URL=postgres://postgres:postgres1@localhost:5432/app\n" },
    ],
    ["encrypted values", { "notes.env.md": "DB_PASSWORD=s3cr3tpw" }],
  ])("%s may be committed", async (_, files) => {
    expect((await check(files as Record<string, string>)).verdict).toBe("pass");
  });

  test.each([
    ["COPY . .", {}, true],
    ["COPY . .", { ".dockerignore": "node_modules\n" }, true],
    ["COPY . .", { ".dockerignore": "**/.env\n" }, false],
    ["COPY . .", { ".dockerignore": ".env*\n!.env\n" }, true],
    ['COPY ["package.json", ".env.production", "./"]', { ".dockerignore": ".env*\n" }, true],
    ["COPY .env.example ./", {}, false],
    ["COPY --from=build /app/dist ./dist", {}, false],
    ["COPY src ./src", {}, false],
  ])("%s beside %j: refused %s", async (line, files, refused) => {
    const one = await check({ Dockerfile: `FROM node:24\n${line}\n`, ".env": "PORT=1\n", ...files });
    expect(one.codes.includes("configuration/env-file-in-image")).toBe(refused);
  });

  test("a build stage that does not ship only warns", async () => {
    const text = "FROM node:24 AS build\nCOPY .env ./\nFROM nginx:1.29\nCOPY --from=build /app/dist /srv\n";
    const one = await check({ Dockerfile: text });
    expect(one.codes).toEqual(["configuration/env-file-in-image"]);
    expect(one.verdict).toBe("pass");
  });
});

describe("coverage of a working directory", () => {
  const summary = (pct: number) => JSON.stringify({ total: { lines: { total: 100, covered: pct, pct } } });

  test("asked for and nowhere to be found, it is undecided", async () => {
    const one = await check({}, { coverage: {} });
    expect(one.codes).toEqual(["configuration/coverage-missing"]);
    expect(one.verdict).toBe("inconclusive");
  });

  test("a report under its usual name is read without being asked for; a test's own material is not", async () => {
    expect((await check({ "coverage/coverage-summary.json": summary(79) })).verdict).toBe("fail");
    expect((await check({ "coverage/coverage-summary.json": summary(80) })).verdict).toBe("pass");
    expect((await check({ "test/fixtures/coverage/lcov.info": "" })).verdict).toBe("pass");
  });

  test("what a test runner's configuration asks for counts for nothing", async () => {
    const files = { "vitest.config.json": '{"coverage":{"thresholds":{"lines":95}}}' };
    expect((await check(files, { coverage: { reports: ["vitest.config.json"] } })).verdict).toBe(
      "inconclusive",
    );
  });
});
