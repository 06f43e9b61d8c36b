import { apiClient } from "../app/api-client.ts";
import { readConfig } from "../app/config.ts";
import { unavailable } from "../platform/errors.ts";
import { openSecrets } from "../platform/secrets.ts";

/**
 * The API of the control plane that runs on this home. `actor` defaults to the user of this terminal, `tenant` to
 * `TOBAN_ACT_AS_TENANT` and then to the installation's own.
 */
export async function api(actor?: string, tenant = process.env.TOBAN_ACT_AS_TENANT || undefined) {
  const config = readConfig();
  const token = (await openSecrets(config.home)).get("cli-token");
  if (token === undefined) {
    throw unavailable(
      "not_started",
      `Toban has never run on ${config.home}.`,
      "Start it with `npm start`, or name its folder with TOBAN_HOME.",
    );
  }
  return apiClient(config.port, token, { actor, tenant });
}
