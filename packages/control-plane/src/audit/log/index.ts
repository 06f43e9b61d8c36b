// What the other parts of `audit`, and the composition root, use of the sealed log.
export { anchorAll, anchorTask } from "./anchor.ts";
export { originOf, readHead, signHead } from "./checkpoints.ts";
export { treeSource } from "./hash-source.ts";
export { type AuditKeys, openAuditKeys } from "./keys.ts";
export { rotateKey } from "./rotate.ts";
export { openAuditLog, seal, sealAll, sealTask } from "./seal.ts";
export { type AnchorSettings, anchorFolder, anchorSinks } from "./sinks/index.ts";
export { type LogStatus, logStatus, type TreeStatus } from "./status.ts";
export type { AnchorSink, AuditLog, AuditLogDeps } from "./types.ts";
