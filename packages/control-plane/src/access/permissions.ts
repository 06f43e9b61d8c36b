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
  "alert.read": 1,
  "commitment.read": 1,
  "sign_in_link.create": 1,
  "run.read": 2,
  "incident.read": 2,
  "gate.read": 2,
  "proof.run": 3,
  "run.cancel": 3,
  "run.resume": 3,
  "incident.write": 3,
  "rollout.deploy": 4,
  "rollout.rollback": 3,
  "gate.record": 4,
  "run.decide": 4,
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

/**
 * What these show or change belongs to the machine and its definition, not to a tenant: they are done from the
 * installation's own tenant only.
 */
const OF_THE_INSTALLATION: ReadonlySet<Operation> = new Set<Operation>([
  "overview.read",
  "rollout.read",
  "alert.read",
  "commitment.read",
  "gate.read",
  "proof.run",
  "rollout.deploy",
  "rollout.rollback",
  "gate.record",
  "gate.override",
  "audit.rotate_key",
  "tenant.read",
  "tenant.write",
]);
export const isOfTheInstallation = (operation: Operation): boolean => OF_THE_INSTALLATION.has(operation);

/** Allowed on a suspended tenant, to the installation's administrators. */
export const isReading = (operation: Operation): boolean =>
  operation.endsWith(".read") || operation === "audit.export" || operation === "audit.verify";

export const mayDo = (level: number, operation: Operation): boolean => level >= OPERATIONS[operation];
