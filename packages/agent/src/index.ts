export { type AgentClient, connectAgent } from "./client.ts";
export { AgentError, type AgentErrorKind, type Refusal } from "./errors.ts";
export type {
  AgentHealth,
  AgentState,
  Command,
  CommandResult,
  DesiredService,
  Exit,
  InstanceState,
  ObservedInstance,
  ObservedService,
  ReleaseManifest,
  TelemetryTarget,
} from "./model.ts";
export { desiredServiceSchema, releaseManifestSchema } from "./model.ts";
