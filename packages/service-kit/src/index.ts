export { CORRELATION_HEADER, correlationOf } from "./correlation.ts";
export { checkEnvironment, type EnvironmentCheck, EX_CONFIG, type Variables } from "./environment.ts";
export { answerOf, type Refusal, refuse, ServiceError } from "./errors.ts";
export { FETCH_TIMEOUT_MS, type ServiceFetch, type ServiceFetchInit } from "./fetch.ts";
export type { CheckResult, ReadinessCheck } from "./health.ts";
export type { Logger } from "./log.ts";
export {
  createMasker,
  describeError,
  isSecretKey,
  MASK,
  type Masker,
  type MaskerOptions,
  maskField,
  maskLine,
  maskText,
  maskValue,
} from "./masking/index.ts";
export type { Clock } from "./platform/system.ts";
export { NO_TENANT } from "./request.ts";
export {
  type RunningService,
  type Runtime,
  type Service,
  type ServiceOptions,
  startService,
} from "./service.ts";
export type { EventStream } from "./sse.ts";
export { anonymisedTenant } from "./telemetry.ts";
