import type { Outcome } from "./finding.ts";
import type { Gate } from "./gate.ts";
import { matchesGlob } from "./glob.ts";
import {
  checkConfigurationHere,
  checkContractPair,
  checkEventVersions,
  checkMigrationPaths,
  checkSecretPaths,
  checkSignedArtefacts,
  checkVulnerabilityReports,
  isIncluded,
} from "./run.ts";

/** What one family found in the whole working directory; families without input are not in it. */
export type FamilyRun = { family: string; outcomes: Outcome[] };

/** Runs every family over what it recognizes in the working directory. */
export async function checkEverything(gate: Gate): Promise<FamilyRun[]> {
  const { settings } = gate;
  const whole = gate.files.tree();
  const tree = { ...whole, paths: gate.kept(whole.paths) };
  const runs: FamilyRun[] = [];
  const add = (family: string, outcomes: Outcome[]) => {
    if (outcomes.some((outcome) => outcome.files.length > 0)) runs.push({ family, outcomes });
  };

  const { recognizeMigrations } = await import("./migrations/index.ts");
  const histories = recognizeMigrations(tree, settings.migrations);
  if (histories.length > 0) add("migrations", await checkMigrationPaths(gate, histories, {}, tree));

  const { judgeSources, recognizeSources } = await import("./sources/index.ts");
  const { include, exclude } = settings.sources;
  const sources = recognizeSources(tree).filter(
    (name) => isIncluded(include, name) && !exclude.some((glob) => matchesGlob(glob, name)),
  );
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
  for (const { bases, revision } of recognizeEvents(tree)) {
    add("events", await checkEventVersions(gate, [...bases.map(({ name }) => name), revision.name]));
  }

  const { checkLicences, checkSbom, recognizeSupply } = await import("./supply/index.ts");
  const supply = recognizeSupply(tree, settings.supply);
  if (supply.reports.length > 0) {
    add("vulnerabilities", await checkVulnerabilityReports(gate, supply.reports, {}));
  }
  for (const name of supply.sboms) add("sbom", [checkSbom(tree.read(name))]);
  for (const name of supply.lockfiles)
    add("licences", [checkLicences(tree.read(name), settings.supply.licences)]);
  if (supply.artefacts.length > 0) {
    add(
      "signatures",
      await checkSignedArtefacts(
        gate,
        supply.artefacts.map(({ path }) => path),
      ),
    );
  }
  // What is no text holds no secret that a person wrote there.
  const texts = supply.secrets.filter((name) => "file" in gate.files.read(name));
  if (texts.length > 0) add("secrets", await checkSecretPaths(gate, texts));

  const { recognizeConfiguration } = await import("./configuration/index.ts");
  if (recognizeConfiguration(tree, settings.configuration).length > 0) {
    add("configuration", await checkConfigurationHere(gate, tree));
  }
  return runs;
}
