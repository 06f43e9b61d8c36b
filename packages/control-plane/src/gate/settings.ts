import { z } from "zod";
import { invalid } from "../platform/errors.ts";
import { configurationSettings } from "./configuration/settings.ts";
import { contractSettings } from "./contract/settings.ts";
import { databaseSettings } from "./database/exceptions.ts";
import { deploymentSettings } from "./deployment/settings.ts";
import { eventSettings } from "./events/settings.ts";
import type { SourceFile } from "./finding.ts";
import { migrationSettings } from "./migrations/settings.ts";
import { sourcesSettings } from "./sources/settings.ts";
import { supplySettings } from "./supply/settings.ts";

/** `toban.check.json` of a working directory. Everything has a default; nothing in it is needed to begin. */
export const gateSettings = z.strictObject({
  $schema: z.string().optional(),
  /** An operations definition whose commitments say the numbers: due times of vulnerabilities, coverage. */
  definition: z.string().min(1).optional(),
  /** Records of accepted findings. Default `toban.waivers.json`, when it is there. */
  waivers: z.string().min(1).optional(),
  /** Findings from before the gate. Default `toban.baseline.json`, when it is there. */
  baseline: z.string().min(1).optional(),
  /** Files that are not looked at, as globs. */
  ignore: z.array(z.string().min(1)).default([]),
  migrations: migrationSettings.prefault({}),
  sources: sourcesSettings,
  deployment: deploymentSettings,
  contract: contractSettings.prefault({}),
  events: eventSettings.prefault({}),
  supply: supplySettings.prefault({}),
  configuration: configurationSettings.prefault({}),
  database: databaseSettings.prefault({}),
});

const KEYS = Object.keys(gateSettings.shape)
  .filter((key) => key !== "$schema")
  .join(", ");

export type GateSettings = z.infer<typeof gateSettings>;

export const SETTINGS_FILE = "toban.check.json";

/** Reads the settings; all defaults without a file. Throws `invalid` for one that is not as it should be. */
export function parseSettings(file: SourceFile | undefined): GateSettings {
  if (!file) return gateSettings.parse({});
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (cause) {
    throw invalid(
      "settings_invalid",
      `${file.path} is not JSON.`,
      "Correct the file; JSON knows no comments and no comma after the last entry.",
      cause,
    );
  }
  const parsed = gateSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`);
  throw invalid(
    "settings_invalid",
    `${file.path}: ${said.join("; ")}.`,
    `Correct these settings. At the top there are ${KEYS}.`,
  );
}
