import { defineConfig } from "vitest/config";

const shared = {
  pool: "forks" as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    reporters: ["default", "./test/closing-line.ts"],
    projects: [
      {
        test: {
          ...shared,
          name: "parts",
          globalSetup: ["./test/global-setup.ts"],
          include: [
            "packages/*/src/**/*.test.ts",
            "workloads/*/{src,operations,web}/**/*.test.ts",
            "test/*.test.ts",
          ],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Whole systems need the machine for themselves: they start when everything else has ended.
        test: {
          ...shared,
          name: "system",
          include: ["test/system/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
