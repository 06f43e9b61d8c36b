// The resolved definition. One zod schema per noun gives types, validation and the JSON Schema.
export * from "./model/alerts.ts";
export * from "./model/commitments.ts";
export * from "./model/operations.ts";
export * from "./model/rollouts.ts";
export * from "./model/runbooks.ts";
export * from "./model/services.ts";
export * from "./model/values.ts";
