export type { Judgement, ProofKind } from "./proof-kind.ts";
export { type ProofSystem, proofKinds } from "./proofs/index.ts";
export { provingTask } from "./prove.task.ts";
export { type ProofResult, type ProveDeps, prove } from "./prove.ts";
export { countStates, type RegisterRow } from "./register.ts";
export { commitmentRoutes } from "./routes.ts";
export { putDefinitionInForce } from "./store.ts";
export { type CommitmentsView, commitmentsView } from "./view.ts";
