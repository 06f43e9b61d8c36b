export type { Check, Text } from "./check.ts";
export {
  assertTenantsAreApart,
  type CheckDatabaseOptions,
  checkDatabase,
  type DatabaseFormat,
  type Looked,
  OWN_EXCEPTIONS,
  renderDatabases,
  worst,
} from "./database/index.ts";
export { codesLike, explanationOf } from "./explain.ts";
export { openFiles } from "./files.ts";
export type { Finding, Outcome, Verdict } from "./finding.ts";
export {
  type Format,
  finish,
  type Gate,
  type GateNumbers,
  type GateOptions,
  openGate,
  renderReport,
  writeWhole,
} from "./gate.ts";
export { type FamilyName, judgeKnownSince, judgeSbom, judgeTexts } from "./judge.ts";
export { askGate, type GateAnswer, type RecordedReport, recordable } from "./record.ts";
export { checkReleaseSboms, parseReleases, type ReleaseName } from "./releases.ts";
export type { Report } from "./report.ts";
export {
  type Adviser,
  addedFile,
  adviserOf,
  briefText,
  type ChangedFile,
  parseDiff,
  type Review,
  reviewChange,
} from "./review/index.ts";
export { type GateRouteDeps, gateRoutes } from "./routes.ts";
export {
  checkConfigurationHere,
  checkContractPair,
  checkCoverageReports,
  checkDeploymentPaths,
  checkEventVersions,
  checkLicenceFile,
  checkMigrationPaths,
  checkSbomFile,
  checkSecretPaths,
  checkSignedArtefacts,
  checkSourcePaths,
  checkVulnerabilityReports,
  type MigrationOptions,
} from "./run.ts";
export { checkEverything, type FamilyRun } from "./whole.ts";
