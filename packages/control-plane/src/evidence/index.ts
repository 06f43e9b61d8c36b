export {
  type Evidence,
  insertEvidence,
  insertMutantSeenRed,
  mutantsSeenRed,
  newestEvidence,
  type Verdict,
} from "./store.ts";
