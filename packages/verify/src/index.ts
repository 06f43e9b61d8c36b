export * from "./canonical.ts";
export * from "./checkpoint.ts";
export * from "./commitment.ts";
export * from "./merkle.ts";
export * from "./note.ts";
