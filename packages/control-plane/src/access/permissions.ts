/** Six levels, each with the rights of those below it. */
export const ROLE_LEVELS = {
  1: "observer",
  2: "member",
  3: "responder",
  4: "operator",
  5: "manager",
  6: "administrator",
} as const;
export type RoleLevel = keyof typeof ROLE_LEVELS;

/** The lowest role level that may do it. Every route under /v1 names its operation here. */
export const OPERATIONS = {
  "overview.read": 1,
  "openapi.read": 1,
  "rollout.read": 1,
  "run.read": 1,
  "alert.read": 1,
  "incident.read": 1,
  "commitment.read": 1,
  "gate.read": 1,
  "sign_in_link.create": 1,
  "proof.run": 3,
  "run.cancel": 3,
  "incident.write": 3,
  "rollout.deploy": 4,
  "rollout.rollback": 3,
  "gate.record": 4,
  "run.approve": 5,
  "gate.override": 5,
  "audit.read": 5,
  "audit.export": 5,
  "audit.verify": 5,
  "audit.hold": 5,
  "audit.reveal": 6,
  "audit.rotate_key": 6,
  "erasure.request": 6,
  "person.read": 5,
  "person.write": 6,
  "tenant.read": 6,
  "tenant.write": 6,
} as const satisfies Record<string, RoleLevel>;
export type Operation = keyof typeof OPERATIONS;

export const mayDo = (level: number, operation: Operation): boolean => level >= OPERATIONS[operation];
