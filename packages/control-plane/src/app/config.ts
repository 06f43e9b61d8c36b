import path from "node:path";
import { fileURLToPath } from "node:url";
import { invalid } from "../platform/errors.ts";
import { tobanHome } from "../platform/home.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));

/** Settings of one installation. All come from the environment; every one has a default. */
export type Config = {
  /** `TOBAN_HOME`, default `.toban`. All state lives here. */
  home: string;
  /** `TOBAN_PORT`, default 7100. Loopback port of API and console. */
  port: number;
  /** `TOBAN_EDGE_PORT`, default 7180. Loopback port of the public service. */
  edgePort: number;
  /** `TOBAN_POSTGRES_PORT`, default: a free one, kept. */
  postgresPort: number | undefined;
  /** `DATABASE_URL`: a PostgreSQL of your own, as the restricted role. Default: the embedded one. */
  databaseUrl: string | undefined;
  /** `DATABASE_OWNER_URL`: used for migrations at start only. */
  databaseOwnerUrl: string | undefined;
  /** `TOBAN_DEFINITION`, default RingiFlow's. */
  definition: string;
  /** `TOBAN_ENVIRONMENT`, default `production`. */
  environment: string;
  /** `TOBAN_RELEASES`: folder with `<service>/<version>/release.json`. */
  releases: string;
  /** `TOBAN_INITIAL_VERSION`, default 1.0.0: deployed to services that run nothing yet. */
  initialVersion: string;
  /** `TOBAN_TRAFFIC_RPS`, default 12; 0 switches the synthetic users off. */
  trafficRps: number;
  /** Where checkpoints of the audit log are kept besides the home: `TOBAN_ANCHOR_FOLDER`, `TOBAN_ANCHOR_WEBHOOK`, `TOBAN_ANCHOR_S3`. */
  anchors: { folder: string | undefined; webhook: string | undefined; s3: string | undefined };
  /** Toban's own tenant on this installation. */
  tenant: string;
};

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return {
    home: tobanHome(environment),
    port: number(environment, "TOBAN_PORT", 7100, 65_535)!,
    edgePort: number(environment, "TOBAN_EDGE_PORT", 7180, 65_535)!,
    postgresPort: number(environment, "TOBAN_POSTGRES_PORT", undefined, 65_535),
    databaseUrl: environment.DATABASE_URL || undefined,
    databaseOwnerUrl: environment.DATABASE_OWNER_URL || undefined,
    definition: path.resolve(
      environment.TOBAN_DEFINITION ?? path.join(REPOSITORY, "workloads/ringiflow/operations.ts"),
    ),
    environment: environment.TOBAN_ENVIRONMENT ?? "production",
    releases: path.resolve(
      environment.TOBAN_RELEASES ?? path.join(REPOSITORY, "workloads/ringiflow/releases/built"),
    ),
    initialVersion: environment.TOBAN_INITIAL_VERSION ?? "1.0.0",
    trafficRps: number(environment, "TOBAN_TRAFFIC_RPS", 12, 1_000)!,
    anchors: {
      folder: environment.TOBAN_ANCHOR_FOLDER || undefined,
      webhook: environment.TOBAN_ANCHOR_WEBHOOK || undefined,
      s3: environment.TOBAN_ANCHOR_S3 || undefined,
    },
    tenant: environment.TOBAN_TENANT ?? "default",
  };
}

/** Programs and folders that ship with Toban, found relative to this file. */
export const SHIPPED = {
  cli: path.join(REPOSITORY, "packages/control-plane/bin/toban.js"),
  agent: path.join(REPOSITORY, "packages/agent/dist/main.js"),
  console: path.join(REPOSITORY, "packages/console/dist"),
  traffic: path.join(REPOSITORY, "workloads/ringiflow/dist/src/traffic/main.js"),
};

function number(environment: NodeJS.ProcessEnv, name: string, fallback: number | undefined, max: number) {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw invalid(
      "setting_invalid",
      `${name} is "${text}".`,
      `Set ${name} to a whole number from 0 to ${max}.`,
    );
  }
  return value;
}
