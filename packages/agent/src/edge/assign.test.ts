import { expect, test } from "vitest";
import { assign, positionOf, sharesOf, versionAt } from "./assign.ts";

const positions = Array.from({ length: 10_000 }, (_, i) => positionOf(`user-${i}`));

test("positions of users are spread evenly", () => {
  for (let decile = 0; decile < 10; decile++) {
    const count = positions.filter((p) => p >= decile * 10 && p < decile * 10 + 10).length;
    // Six standard deviations of a binomial with n = 10,000 and p = 0.1.
    expect(Math.abs(count - 1000)).toBeLessThan(180);
  }
});

test("raising the candidate's weight moves users only towards it", () => {
  let segments = assign([], { stable: 100 });
  for (const weight of [10, 50, 100]) {
    const next = assign(segments, { stable: 100 - weight, candidate: weight });
    for (const position of positions)
      if (versionAt(segments, position) === "candidate") expect(versionAt(next, position)).toBe("candidate");
    expect(sharesOf(next).candidate).toBe(weight);
    segments = next;
  }
});

test("lowering the candidate's weight again keeps the users that it received first", () => {
  const ten = assign(assign([], { stable: 100 }), { stable: 90, candidate: 10 });
  const back = assign(assign(ten, { stable: 50, candidate: 50 }), { stable: 90, candidate: 10 });
  for (const position of positions) expect(versionAt(back, position)).toBe(versionAt(ten, position));
});

test("a user of a version whose weight stays is not moved when two others change", () => {
  const before = assign([], { a: 50, b: 40, c: 10 });
  const after = assign(before, { a: 20, b: 40, c: 40 });
  for (const position of positions)
    if (versionAt(before, position) === "b") expect(versionAt(after, position)).toBe("b");
  expect(sharesOf(after)).toEqual({ a: 20, b: 40, c: 40 });
});

test("without weights nobody is assigned, and the whole range comes back with them", () => {
  expect(assign(assign([], { a: 100 }), { a: 0 })).toEqual([]);
  expect(versionAt([], 50)).toBeNull();
  expect(sharesOf(assign([], { a: 33.3, b: 66.7 }))).toEqual({ a: 33.3, b: 66.7 });
});
