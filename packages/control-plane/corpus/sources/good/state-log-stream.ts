import { createWriteStream } from "node:fs";
import express from "express";
import morgan from "morgan";

const app = express();
app.use(morgan("combined", { stream: createWriteStream("/var/log/app/access.log", { flags: "a" }) }));
export { app };
