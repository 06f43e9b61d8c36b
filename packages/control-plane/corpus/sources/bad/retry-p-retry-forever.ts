import pRetry from "p-retry";
import { send } from "./webhook.js";

export const deliver = (body: unknown) => pRetry(() => send(body), { forever: true, minTimeout: 100 });
