export { CSRF_HEADER, type CsrfOptions, csrf, refuseForgery } from "./csrf.ts";
export { type FrontOptions, serveFront } from "./front.ts";
export type { Clock, Random } from "./platform/system.ts";
export { type Refusal, RefusedError } from "./refusal.ts";
export { SECURITY_HEADERS, securityHeaders } from "./security-headers.ts";
export type { SessionLimits, SessionRecord } from "./session.ts";
export { type Session, type SessionOptions, type Sessions, type SignIn, sessions } from "./sessions.ts";
export {
  pgSessionStore,
  SESSION_TABLE_SQL,
  type SessionStore,
  type SqlPool,
} from "./store.ts";
