export { keptBy, provenBy } from "./bindings.ts";
export { checkOperations } from "./checks.ts";
export { defineOperations, type OperationsInput, rolloutPolicy } from "./define.ts";
export { digest, digestOf } from "./digest.ts";
export { FINDING_CODES, type FindingCode } from "./finding-codes.ts";
export { DefinitionError, type Finding } from "./findings.ts";
export { amountOf } from "./format.ts";
export { jsonSchema } from "./json-schema.ts";
export * from "./model.ts";
export { type Parsed, parseOperations } from "./parse.ts";
export { referencePage } from "./reference.ts";
export {
  accept,
  type CommitmentInput,
  type Committed,
  type CommittedValue,
  type ProofInput,
  proof,
  type RegisterBuilder,
  register,
} from "./register.ts";
export { sizeOf } from "./sizes.ts";
export * from "./units.ts";
