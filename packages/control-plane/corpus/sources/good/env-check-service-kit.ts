import { checkEnvironment } from "@toban/service-kit";

const variables = checkEnvironment(process.env, { DATABASE_URL: { kind: "url" }, SESSION_SECRET: { kind: "secret" } });
export const databaseUrl = variables.DATABASE_URL;
export const other = process.env.QUEUE_URL!;
