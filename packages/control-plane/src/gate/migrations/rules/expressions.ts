import type { Node } from "libpg-query";
import { stringsOf } from "../nodes.ts";

/** Whether two trees say the same; where they stand in the text does not count. */
export function sameNode(left: unknown, right: unknown): boolean {
  if (left === right) return left !== undefined;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => sameNode(item, right[at]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = new Set(
    [...Object.keys(left), ...Object.keys(right)].filter((key) => !/location$|^list_/.test(key)),
  );
  for (const key of keys) if (!sameNode(left[key], right[key])) return false;
  return true;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The plain columns that a select list names; "*" for a star, "" for any other expression. */
export function columnNames(targets: readonly Node[] | undefined): string[] {
  return (targets ?? []).map((target) => {
    const value = "ResTarget" in target ? target.ResTarget.val : undefined;
    if (value === undefined || !("ColumnRef" in value)) return "";
    const last = value.ColumnRef.fields?.at(-1);
    return last !== undefined && "A_Star" in last ? "*" : (stringsOf(value.ColumnRef.fields).at(-1) ?? "");
  });
}

/** The columns that UPDATE … SET writes. */
export function assignedColumns(targets: readonly Node[] | undefined): string[] {
  return (targets ?? []).flatMap((target) => ("ResTarget" in target ? (target.ResTarget.name ?? []) : []));
}
