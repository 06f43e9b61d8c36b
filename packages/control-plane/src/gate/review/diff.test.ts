import { describe, expect, test } from "vitest";
import { addedFile, parseDiff } from "./diff.ts";

const GIT = `diff --git a/src/orders.ts b/src/orders.ts
index 1111111..2222222 100644
--- a/src/orders.ts
+++ b/src/orders.ts
@@ -1,3 +1,4 @@ export function place
 import { db } from "./db.js";
-const a = 1;
+const a = 2;
+const b = 3;
 end
@@ -10 +11 @@
--- not a header
+++ not one either
diff --git a/old.ts b/old.ts
deleted file mode 100644
--- a/old.ts
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git "a/\\346\\227\\245.ts" "b/\\346\\227\\245.ts"
new file mode 100644
--- /dev/null
+++ "b/\\346\\227\\245.ts"
@@ -0,0 +1 @@
+hello
\\ No newline at end of file
diff --git a/x.png b/x.png
index 1..2 100644
Binary files a/x.png and b/x.png differ
diff --git a/a.ts b/b.ts
similarity index 100%
rename from a.ts
rename to b.ts
`;

describe("a unified diff", () => {
  test("of git gives files, hunks and the numbers of the new lines", () => {
    const files = parseDiff(GIT)!;
    expect(files.map((file) => [file.path, file.status, file.binary])).toEqual([
      ["src/orders.ts", "modified", false],
      ["old.ts", "deleted", false],
      ["日.ts", "added", false],
      ["x.png", "modified", true],
      ["b.ts", "renamed", false],
    ]);
    const [first, second] = files[0]!.hunks;
    expect(first!.lines.filter((line) => line.kind === "added").map((line) => line.line)).toEqual([2, 3]);
    expect([first!.start, first!.end]).toEqual([1, 4]);
    // Rows of a hunk that look like headers are lines.
    expect(second!.lines.map((line) => line.text)).toEqual(["-- not a header", "++ not one either"]);
  });

  test("of diff -u and of a mail is read, with other line ends too", () => {
    const text = "From: x\n\n--- src/a.ts\t2026-01-01\n+++ src/a.ts\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n";
    expect(parseDiff(text.replaceAll("\n", "\r\n"))).toMatchObject([
      { path: "src/a.ts", hunks: [{ lines: [{ text: "a" }, { text: "b" }] }] },
    ]);
  });

  test("that is empty changes nothing, and what is no diff is none", () => {
    expect(parseDiff("")).toEqual([]);
    expect(parseDiff("hello\nworld\n")).toBeUndefined();
  });

  test("of a new file holds all its lines", () => {
    expect(addedFile("a.ts", "one\ntwo\n").hunks).toMatchObject([
      { start: 1, end: 2, lines: [{ line: 1 }, { line: 2 }] },
    ]);
  });
});
