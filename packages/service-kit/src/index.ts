export { CORRELATION_HEADER, correlationOf } from "./correlation.ts";
export { checkEnvironment, type EnvironmentCheck, EX_CONFIG, type Variables } from "./environment.ts";
export { answerOf, type Refusal, refuse, ServiceError } from "./errors.ts";
export { FETCH_TIMEOUT_MS, type ServiceFetch, type ServiceFetchInit } from "./fetch.ts";
export type { CheckResult, ReadinessCheck } from "./health.ts";
export type { Logger } from "./log.ts";
export { describeError, isSecretKey, MASK, maskLine, maskText, maskValue } from "./masking.ts";
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
