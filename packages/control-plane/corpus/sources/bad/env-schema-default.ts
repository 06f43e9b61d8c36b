import { z } from "zod";

export const env = z
  .object({ DATABASE_URL: z.string().url(), JWT_SECRET: z.string().default("change-me-please") })
  .parse(process.env);
