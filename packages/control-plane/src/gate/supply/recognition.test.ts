import { describe, expect, test } from "vitest";
import { npmExample } from "./checks/examples.ts";
import { recognizeSupply } from "./index.ts";

const treeOf = (files: Record<string, string>) => ({
  paths: Object.keys(files).sort(),
  read: (path: string) => ({ path, text: files[path]! }),
});

describe("recognising what the supply chain checks read", () => {
  test("goes by name and content, and sees a cut-off report", () => {
    const found = recognizeSupply(
      treeOf({
        "audit.json": npmExample("none").slice(0, 50),
        "reports/trivy-app.json": "",
        "reports/scan.json": npmExample("low"),
        "src/audit-events.json": '{ "events": [] }',
        "src/scan.json": "{",
        "toban.vulnerabilities.json": '{ "version": 1, "findings": [] }',
        "sbom.cdx.json": '{ "bomFormat": "CycloneDX" }',
        "bom-prices.json": '{ "screws": 3 }',
        "package-lock.json": "{}",
        "node_modules/a/package-lock.json": "{}",
        "dist/app.tgz": "",
        "dist/app.tgz.sig": "",
        "logo.png": "",
      }),
    );
    expect(found).toMatchObject({
      reports: ["audit.json", "reports/scan.json", "reports/trivy-app.json"],
      ledger: "toban.vulnerabilities.json",
      sboms: ["sbom.cdx.json"],
      lockfiles: ["package-lock.json"],
      artefacts: [{ path: "dist/app.tgz", signature: "dist/app.tgz.sig" }],
    });
    expect(found.secrets).not.toContain("logo.png");
  });
});
