import { describe, expect, test } from "vitest";
import { checkSbom, summariseSbom } from "./index.ts";

const sbom = {
  path: "sbom.json",
  text: JSON.stringify({
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    metadata: { component: { name: "shop", version: "1.0.0" } },
    // As `npm sbom` writes a workspace: the scope is only in its purl.
    components: [{ name: "cart", version: "1.0.0", purl: "pkg:npm/%40shop/cart@1.0.0" }],
  }),
};
const lockfile = {
  path: "package-lock.json",
  text: JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { name: "shop", version: "1.0.0" },
      "node_modules/@shop/cart": { resolved: "packages/cart", link: true },
      "packages/cart": { name: "@shop/cart", version: "1.0.0" },
    },
  }),
};

describe("the SBOM of a repository with workspaces", () => {
  test("holds nothing that its lockfile does not know", () => {
    expect(summariseSbom(sbom.text)?.components[0]?.name).toBe("@shop/cart");
    expect(checkSbom(sbom, { lockfile }).findings).toEqual([]);
  });
});
