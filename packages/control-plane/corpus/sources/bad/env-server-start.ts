import Fastify from "fastify";
import pg from "pg";
import { routes } from "./routes.js";

const app = Fastify({ logger: true });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 3000 });

app.register(routes, { pool, jwtSecret: process.env.JWT_SECRET, s3Bucket: process.env.S3_BUCKET });

await app.listen({ port: Number(process.env.PORT), host: "0.0.0.0" });
