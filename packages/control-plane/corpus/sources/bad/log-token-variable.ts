import { exchange } from "./idp.js";
import { log } from "./log.js";

export async function callback(code: string) {
  const tokens = await exchange(code);
  const { access_token: accessToken } = tokens;
  log.debug("exchanged", { accessToken });
  return tokens;
}
