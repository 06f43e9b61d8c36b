import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { RequestEvent } from "../domain/model.ts";
import { eventSchemas, isEvent } from "./contract.ts";

const contracts = path.resolve(import.meta.dirname, "../../contracts");
const person = { id: "p-1", name: "山田 花子" };
const contents = {
  title: "ノート PC",
  body: "",
  category: "purchase" as const,
  amountYen: 198_000,
  attachments: [{ name: "quote.pdf", size: 10, type: "application/pdf" }],
};
const route = [{ role: "manager" as const, approver: person }];

describe("contracts of events", () => {
  test("contracts/events holds exactly what the model says", () => {
    const schemas = eventSchemas();
    const folder = path.join(contracts, "events");
    expect(readdirSync(folder).sort()).toEqual(Object.keys(schemas).sort());
    for (const [file, schema] of Object.entries(schemas)) {
      expect(JSON.parse(readFileSync(path.join(folder, file), "utf8"))).toEqual(schema);
    }
  });

  test("every released type of event is still there", () => {
    const released = readdirSync(path.join(contracts, "released/events"));
    expect(Object.keys(eventSchemas())).toEqual(expect.arrayContaining(released));
    expect(released.length).toBeGreaterThan(0);
  });

  test("readers are told to pass over properties that they do not know", () => {
    expect(JSON.stringify(eventSchemas())).not.toContain("additionalProperties");
  });

  test("each type of event meets its schema, and a damaged one does not", () => {
    const events: RequestEvent[] = [
      { type: "submitted", contents, applicant: person, department: "d-1", route, comment: null },
      { type: "resubmitted", contents, route, comment: "直しました" },
      { type: "approved", step: 0, comment: null },
      { type: "rejected", step: 0, comment: "予算外" },
      { type: "returned", step: 0, comment: "見積もりがない" },
      { type: "withdrawn", comment: null },
      { type: "commented", comment: "確認します" },
    ];
    expect(events.map(isEvent)).toEqual(events.map(() => true));
    expect(isEvent({ type: "approved", step: -1, comment: null })).toBe(false);
    expect(events.map(({ type }) => `${type}.schema.json`).sort()).toEqual(
      Object.keys(eventSchemas()).sort(),
    );
  });
});
