import type { Outcome } from "./finding.ts";
import { type Gate, nothingIn } from "./gate.ts";
import {
  checkConfigurationHere,
  checkContractPair,
  checkEventVersions,
  checkLicenceFile,
  checkMigrationPaths,
  checkSbomFile,
  checkSignedArtefacts,
  checkVulnerabilityReports,
  isWanted,
} from "./run.ts";

/** What one family found in the whole working directory; families without input are not in it. */
export type FamilyRun = { family: string; outcomes: Outcome[] };

/** Runs every family over what it recognizes in the working directory. Nothing at all is a finding, too. */
export async function checkEverything(gate: Gate): Promise<FamilyRun[]> {
  const { settings } = gate;
  const whole = gate.files.tree();
  const kept = gate.kept(whole.paths);
  // What may not be opened is told once, and no family has to look at it.
  const refused = kept.filter((name) => isRefused(gate, name));
  const tree = { ...whole, paths: kept.filter((name) => !refused.includes(name)) };
  const runs: FamilyRun[] = [];
  const add = (family: string, outcomes: Outcome[]) => {
    if (outcomes.some((outcome) => outcome.files.length > 0)) runs.push({ family, outcomes });
  };

  const { recognizeMigrations } = await import("./migrations/index.ts");
  const histories = recognizeMigrations(tree, settings.migrations);
  if (histories.length > 0) add("migrations", await checkMigrationPaths(gate, histories, {}, tree));

  const { judgeSources, recognizeSources } = await import("./sources/index.ts");
  const sources = recognizeSources(tree).filter((name) => isWanted(settings.sources, name));
  if (sources.length > 0) {
    const { files, unread } = gate.files.readAll(sources);
    add("sources", [unread, await judgeSources(files, settings.sources, { whole: true })]);
  }

  const { checkDeployment, recognizeDeployment } = await import("./deployment/index.ts");
  const deployment = recognizeDeployment(tree);
  if (deployment.length > 0) {
    const { files, unread } = gate.files.readAll(deployment);
    const found = await checkDeployment(files, settings.deployment, { wholeRepository: true });
    add("deployment", [unread, found]);
  }

  for (const { base, revision } of settings.contract.pairs ?? []) {
    add("contract", await checkContractPair(gate, base, revision));
  }
  const { recognizeEvents } = await import("./events/index.ts");
  // Only the names matter here; what cannot be read is told when the versions are compared.
  const names = { ...tree, read: (path: string) => ({ path, text: "" }) };
  for (const { bases, revision } of recognizeEvents(names)) {
    add("events", await checkEventVersions(gate, [...bases.map(({ name }) => name), revision.name]));
  }

  const { checkSecrets, recognizeSupply } = await import("./supply/index.ts");
  const supply = recognizeSupply(tree, settings.supply);
  if (supply.reports.length > 0) {
    add("vulnerabilities", await checkVulnerabilityReports(gate, supply.reports, {}));
  }
  for (const name of supply.sboms) add("sbom", await checkSbomFile(gate, name));
  for (const name of supply.lockfiles) add("licences", await checkLicenceFile(gate, name));
  if (supply.artefacts.length > 0) {
    add(
      "signatures",
      await checkSignedArtefacts(
        gate,
        supply.artefacts.map(({ path }) => path),
      ),
    );
  }

  const { recognizeConfiguration } = await import("./configuration/index.ts");
  if (recognizeConfiguration(tree, settings.configuration).length > 0) {
    add("configuration", await checkConfigurationHere(gate, tree));
  }
  // Every text may hold a secret: that alone does not show that anything here is known to the gate.
  const isRecognized = runs.length > 0;
  // What is no text holds no secret that a person wrote there.
  const { files } = gate.files.readAll(supply.secrets.filter((name) => "file" in gate.files.read(name)));
  add("secrets", [gate.files.readAll(refused).unread, checkSecrets(files)]);
  if (!isRecognized) runs.push({ family: "gate", outcomes: [nothingIn(".")] });
  return runs;
}

/** Named so, a file is read by what stands in it; one that is no text must not go unseen. */
const MUST_BE_TEXT =
  /(^|\/)\.env(\.[\w.-]+)?$|(^|\/)(migrations?|migrate|flyway|drizzle|prisma)\/(.*\/)?[^/]+\.sql$/i;

function isRefused(gate: Gate, name: string): boolean {
  const result = gate.files.read(name);
  return !("file" in result) && (result.isText !== false || MUST_BE_TEXT.test(name));
}
