import { Command } from "commander";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Tenant = { id: string; name: string; state: string; createdAt: string; deletedAt: string | null };
type Created = { administrator: string; administratorName?: string; email?: string };

export const tenantsCommand = () => {
  const command = new Command("tenants").description("tenants of this installation");
  command
    .command("list", { isDefault: true })
    .option("--json", "as JSON")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).get<{ tenants: Tenant[] }>("/v1/tenants");
      if (options.json) return printJson(answer);
      const rows = answer.tenants.map((t) => [t.id, t.state, t.name, t.createdAt, t.deletedAt ?? "—"]);
      print(table([["TENANT", "STATE", "NAME", "CREATED", "DELETED"], ...rows]));
    });
  command
    .command("create")
    .description("with its first administrator; the same again changes nothing")
    .argument("<id>")
    .argument("<name>")
    .requiredOption("--administrator <person>", "id of the first administrator")
    .option("--administrator-name <name>", "default: the id")
    .option("--email <address>", "of the administrator")
    .action(async (id: string, name: string, options: Created) => {
      const { administrator, administratorName = administrator, email } = options;
      const tenant = await (await api()).post<Tenant>("/v1/tenants", {
        id,
        name,
        administrator: { id: administrator, name: administratorName, ...(email ? { email } : {}) },
      });
      print(`${tenant.id} is ${tenant.state}`);
    });
  const change = (verb: string, description: string) =>
    command
      .command(verb)
      .description(description)
      .argument("<id>")
      .action(async (id: string) => {
        const client = await api();
        const url = `/v1/tenants/${encodeURIComponent(id)}`;
        const tenant = await (verb === "delete"
          ? client.delete<Tenant>(url)
          : client.post<Tenant>(`${url}/${verb}`, {}));
        print(`${tenant.id} is ${tenant.state}`);
      });
  change("suspend", "its people are refused, its tasks rest");
  change("resume", "end a suspension");
  change("delete", "it is gone at once; its rows go after 30 days");
  change("undelete", "bring it back, within 30 days");
  return command;
};
