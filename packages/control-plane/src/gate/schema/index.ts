export { compareSchemas, createComparison } from "./compare.ts";
export type { Comparison } from "./differences.ts";
export { below, escapePointer, isRecord, own, resolveReference, valueAt } from "./resolve.ts";
export type {
  CompareOptions,
  Content,
  Dialect,
  Difference,
  DifferenceKind,
  Direction,
  Location,
  SchemaNode,
  SchemaSource,
} from "./types.ts";
