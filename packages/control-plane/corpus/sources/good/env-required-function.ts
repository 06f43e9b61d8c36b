function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}

export const config = {
  databaseUrl: required("DATABASE_URL"),
  queueUrl: required("QUEUE_URL"),
  port: Number(process.env.PORT ?? 3000),
  logLevel: process.env.LOG_LEVEL ?? "info",
};
