import pRetry from "p-retry";
import { send } from "./webhook.js";

export const deliver = (body: unknown) => pRetry(() => send(body), { retries: 3, minTimeout: 200, randomize: true });
