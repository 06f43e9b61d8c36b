/** How the BFF tells core for whom it asks. From outside they are ignored. */
export const TENANT_HEADER = "x-ringiflow-tenant";
export const ACTOR_HEADER = "x-ringiflow-actor";
