export { LIMITS } from "./decode.ts";
export type { Signal } from "./descriptor.ts";
export type { LabelRow, TelemetryEvidence } from "./evidence.ts";
export { createOwnMetrics, type OwnMetrics } from "./own-metrics.ts";
export type { RedPoint, RedQuery } from "./red.ts";
export { telemetryRoutes } from "./routes.ts";
export type { Sample, SampleQuery } from "./sample.ts";
export type { LogFilter, LogRow, RedKey, TraceSpan } from "./store.ts";
export {
  type EdgeCounts,
  openTelemetryStore,
  type Telemetry,
  type TelemetryOptions,
  type TelemetryStatus,
} from "./telemetry.ts";
