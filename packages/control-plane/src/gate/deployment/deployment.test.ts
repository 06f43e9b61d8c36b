// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts in other languages.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Tree } from "../family.ts";
import { verdictOf } from "../finding.ts";
import { deployment, dockerfile } from "./checks/examples.ts";
import { readInstructions } from "./dockerfile/read.ts";
import { taggingOf } from "./images.ts";
import { checkDeployment, deploymentSettings, recognizeDeployment } from "./index.ts";
import { isFrequent } from "./schedule.ts";
import { isLenient } from "./scope.ts";
import { holdsSecret, namesSecret } from "./secrets.ts";

const file = (name: string, text: string) => [{ path: name, text }];
const codes = async (name: string, text: string) =>
  (await checkDeployment(file(name, text))).findings.map((one) => `${one.severity} ${one.code.slice(11)}`);

describe("places", () => {
  test("a finding stands at the value, also behind tabs in JSON and non-ASCII text", async () => {
    const text =
      '{\n\t"family": "受付",\n\t"memory": "512",\n\t"containerDefinitions": [\n\t\t{ "name": "a", "image": "a:latest" }\n\t]\n}\n';
    const { findings } = await checkDeployment(file("task.json", text));
    const image = findings.find((one) => one.code === "deployment/latest-image");
    expect(image).toMatchObject({ line: 5, column: 27, endLine: 5, endColumn: 37 });
  });
});

describe("the Dockerfile reader", () => {
  const names = (text: string) => {
    const read = readInstructions({ path: "Dockerfile", text });
    return Array.isArray(read) ? read.map((one) => `${one.name} ${one.rest}`) : read.error;
  };

  test("joins continued lines, over comments and empty lines", () => {
    expect(names('FROM a:1\nRUN one \\\n  # why\n\n  && two\nCMD ["x"]\n')).toEqual([
      "FROM a:1",
      "RUN one    && two",
      'CMD ["x"]',
    ]);
  });

  test("obeys the escape directive", () => {
    expect(names("# escape=`\nFROM a:1\nCOPY a C:\\b\\\nRUN one `\n two\n")).toEqual([
      "FROM a:1",
      "COPY a C:\\b\\",
      "RUN one   two",
    ]);
  });

  test("keeps the lines of heredocs out of the instructions", () => {
    expect(names("FROM a:1\nRUN <<A <<-B\nCMD bad\nA\n\tfoo\n\tB\nUSER 1\n")).toEqual([
      "FROM a:1",
      "RUN <<A <<-B",
      "USER 1",
    ]);
  });
});

describe("image references", () => {
  test.each([
    ["node", "missing"],
    ["localhost:5000/app", "missing"],
    ["localhost:5000/app:1", "pinned"],
    ["app:latest", "latest"],
    ["app:latest-alpine", "latest"],
    [`app@sha256:${"0".repeat(64)}`, "pinned"],
    ["app:${TAG}", "unknown"],
    ["app:${TAG:-latest}", "latest"],
    ["app:main", "moving"],
    ["app:main-3f9c2d1", "pinned"],
    ["${IMAGE}", "unknown"],
  ])("%s is %s", (reference, tagging) => expect(taggingOf(reference)).toBe(tagging));
});

describe("secrets", () => {
  test.each([
    "DB_PASSWORD",
    "dbPassword",
    "STRIPE_API_KEY",
    "JWT_SECRET",
    "PGPASSWORD",
    "auth-token",
    "SECRET_KEY_BASE",
  ])("%s names one", (name) => expect(namesSecret(name)).toBe(true));
  test.each([
    "TOKEN_TTL",
    "SECRET_NAME",
    "PUBLIC_KEY",
    "MAX_TOKENS",
    "PASSWORD_FILE",
    "SORT_KEY",
    "COMPASS",
    "KEYCLOAK_URL",
  ])("%s names none", (name) => expect(namesSecret(name)).toBe(false));
  test("a login in a URL is one, a reference in it is none", () => {
    expect(holdsSecret("postgres://a:b1x@db/x")).toBeTruthy();
    expect(holdsSecret("postgres://a:${PASSWORD}@db/x")).toBeUndefined();
    expect(holdsSecret("https://example.com:8443/a@b")).toBeUndefined();
  });
});

test("files for development by their name never fail", async () => {
  const names = [
    "docker-compose.override.yml",
    "compose.dev.yaml",
    "Dockerfile.dev",
    "kind-cluster.yaml",
    "k8s/overlays/dev/a.yaml",
  ];
  expect(names.map(isLenient)).toEqual(names.map(() => true));
  const strict = [
    "compose.yaml",
    "Dockerfile",
    "k8s/overlays/production/a.yaml",
    ".github/workflows/test.yml",
    "test/a.yaml",
    "test.yaml",
    "bad-example.yaml",
    "Dockerfile.prod",
  ];
  expect(strict.map(isLenient)).toEqual(strict.map(() => false));
  expect(await codes("Dockerfile.dev", dockerfile([], "CMD npm run dev").Dockerfile!)).not.toContain(
    "block development-server",
  );
});

test("a singleton of the settings may have one replica", async () => {
  const settings = deploymentSettings.parse({ singletons: ["api"] });
  const { findings } = await checkDeployment(file("a.yaml", deployment({ replicas: 1 })), settings);
  expect(verdictOf(findings)).toBe("pass");
});

test("tags of every action block when the settings ask for commits", async () => {
  const text = "on: push\njobs: { a: { steps: [{ uses: actions/checkout@v4 }] } }\n";
  expect(await codes("a.yaml", text)).toContain("warn unpinned-action");
  const settings = deploymentSettings.parse({ actionPins: "sha" });
  expect(verdictOf((await checkDeployment(file("a.yaml", text), settings)).findings)).toBe("fail");
});

test.each([
  ["* * * * *", true],
  ["*/10 * * * *", true],
  ["*/15 * * * *", false],
  ["0 * * * *", false],
  ["*/5 3 * * *", false],
  ["@every 30s", true],
])("%s runs every ten minutes or more often: %s", (schedule, frequent) =>
  expect(isFrequent(schedule)).toBe(frequent),
);

test("recognises its files in a tree, by name and by what stands in them", () => {
  const files: Record<string, string> = {
    ".github/workflows/ci.yml": "on: push",
    Dockerfile: "FROM a:1",
    "Dockerfile.dockerignore": "x",
    "api.Dockerfile": "FROM a:1",
    "deploy/app.yaml": "apiVersion: v1\nkind: Service\n",
    "deploy/stack.json": '{ "containerDefinitions": [] }',
    "deploy/values.yaml": "replicas: 3\n",
    "docker-compose.yml": "services: {}\n",
    "node_modules/x/Dockerfile": "FROM x",
    "openapi.yaml": "openapi: 3.1.0\n",
    "ops/crontab": "* * * * * x\n",
    "package.json": '{ "kind": 1, "apiVersion": 2 }',
  };
  const tree: Tree = {
    paths: Object.keys(files).sort(),
    read: (name) => ({ path: name, text: files[name]! }),
  };
  expect(recognizeDeployment(tree)).toEqual([
    ".github/workflows/ci.yml",
    "Dockerfile",
    "api.Dockerfile",
    "deploy/app.yaml",
    "deploy/stack.json",
    "docker-compose.yml",
    "ops/crontab",
  ]);
});

test("this repository's own workflow passes", async () => {
  const name = ".github/workflows/ci.yml";
  const text = readFileSync(path.resolve(import.meta.dirname, "../../../../..", name), "utf8");
  const { findings } = await checkDeployment(file(name, text), undefined, { wholeRepository: true });
  expect(findings.filter((one) => one.severity !== "info")).toEqual([]);
});

describe("hostile input", () => {
  test.each([
    ["Dockerfile", `FROM a:1\n${"RUN curl ".repeat(100_000)}\n`],
    ["Dockerfile", `FROM a:1\nENV ${"A=\\".repeat(200_000)}\n`],
    ["a.yaml", `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: "${"postgres://a:b".repeat(60_000)}"\n`],
    ["a.yaml", `on: push\njobs:\n  a:\n    steps:\n      - run: "${"kubectl delete x ; ".repeat(40_000)}"\n`],
    [
      "a.yaml",
      `on: push\njobs:\n  a:\n    steps:\n      - run: "${"kubectl delete x;;;;;;;;".repeat(40_000)}"\n`,
    ],
    [
      "a.yaml",
      `apiVersion: batch/v1\nkind: Job\nspec:\n  template: { spec: { containers: [{ name: a, args: ["rm -${"r".repeat(500_000)}"] }] } }\n`,
    ],
    [
      "Dockerfile",
      `FROM a:1\nCMD ${"npm run -x --y ".repeat(60_000)}\nHEALTHCHECK CMD ${"echo ".repeat(90_000)}\n`,
    ],
    ["a.yaml", `on: push\njobs:\n  a:\n    steps:\n${"      - uses: a/b@v1\n".repeat(30_000)}`],
    ["a.yaml", "[".repeat(20_000)],
    ["a.json", `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["crontab", `${"* ".repeat(300_000)}\n`],
    [
      "a.yaml",
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [${`*${i ? `b${i - 1}` : "a"},`.repeat(9)}]`).join("\n")}\nkind: x\napiVersion: v1\n`,
    ],
  ])("%s of a megabyte is answered in seconds", { timeout: 20_000 }, async (name, text) => {
    const begin = performance.now();
    await checkDeployment(file(name, text));
    expect(performance.now() - begin).toBeLessThan(8_000);
  });
});
