import type { Column } from "../model.ts";

/** What a session may hold in place of its tenant. None of them is tenant `other`. */
export function identities(
  own: string,
  other: string,
  column: Column,
): { as: string; asJa: string; value: string }[] {
  const all: [string, string, string][] = [
    ["a tenant of its own", "自分のテナント", own],
    ["an empty tenant", "空のテナント", ""],
    ["a blank", "空白", " "],
    ["the pattern %", "パターン %", "%"],
    ["the pattern _", "パターン _", "_".repeat(Math.min(other.length, 60))],
    ["a quote with OR", "引用符とOR", "' OR '1'='1"],
    ["the other tenant and a blank", "他のテナントと末尾の空白", `${other} `],
    ["a blank and the other tenant", "先頭の空白と他のテナント", ` ${other}`],
    ["the other tenant in capitals", "大文字の他のテナント", other.toUpperCase()],
    ["the beginning of the other tenant", "他のテナントの先頭", other.slice(0, -1)],
    ["the other tenant and more", "他のテナントと続き", `${other}x`],
    ["both tenants with a comma", "コンマで並べた二つのテナント", `${own},${other}`],
    ["the text NULL", "文字列NULL", "NULL"],
    ["the text *", "文字列 *", "*"],
    ["a very long text", "とても長い文字列", "x".repeat(10_000)],
    ["the nil uuid", "すべて0のUUID", "00000000-0000-0000-0000-000000000000"],
  ];
  // A uuid and a number are read as such: there capitals and blanks are the same tenant.
  const isText = ["text", "varchar", "bpchar", "citext", "name"].includes(column.base);
  const same = (value: string) => value.trim().toLowerCase() === other.toLowerCase();
  return all
    .filter(([, , value]) => value !== other && (isText || !same(value)))
    .map(([as, asJa, value]) => ({ as, asJa, value }));
}
