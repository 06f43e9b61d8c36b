import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { rotate } from "./rotate.ts";
import { temporaryFolder } from "./testing/fixtures.ts";

test("a log is moved aside at its limit while its writer goes on", async () => {
  const file = path.join(temporaryFolder(), "a.log");
  const writer = openSync(file, "a");
  writeSync(writer, "x".repeat(1000));
  expect(await rotate(file, 1000)).toBe(false);
  writeSync(writer, "y");
  expect(await rotate(file, 1000)).toBe(true);
  writeSync(writer, "after");
  closeSync(writer);
  expect(readFileSync(file, "utf8")).toBe("after");
  expect(statSync(`${file}.1`).size).toBe(1001);
  expect(await rotate(`${file}.missing`, 1000)).toBe(false);
});
