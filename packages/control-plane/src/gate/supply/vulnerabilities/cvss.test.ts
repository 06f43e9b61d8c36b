import { describe, expect, test } from "vitest";
import { baseScore, levelOfRating, levelOfScore } from "./cvss.ts";

describe("the CVSS base score", () => {
  test.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5],
    ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N", 3.1],
    ["CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8],
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5],
    ["AV:N/AC:L/Au:N/C:C/I:C/A:C", 10],
  ])("%s is %d", (vector, score) => {
    expect(baseScore(vector)).toBe(score);
  });

  test.each([
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
    "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    "",
  ])("a vector that is none has no score: %s", (vector) => {
    expect(baseScore(vector)).toBeUndefined();
  });

  test("levels begin at 0.1, 4.0, 7.0 and 9.0", () => {
    expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9].map(levelOfScore)).toEqual([
      "none",
      "low",
      "low",
      "medium",
      "medium",
      "high",
      "high",
      "critical",
    ]);
    expect(levelOfRating("MODERATE")).toBe("medium");
    expect(levelOfRating("8.8")).toBe("high");
    expect(levelOfRating("unknown")).toBeUndefined();
  });
});
