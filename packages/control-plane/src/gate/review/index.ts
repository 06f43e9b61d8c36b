export { type Adviser, adviserOf } from "./advice.ts";
export { briefText, type Review, reviewChange } from "./brief.ts";
export { addedFile, type ChangedFile, parseDiff } from "./diff.ts";
