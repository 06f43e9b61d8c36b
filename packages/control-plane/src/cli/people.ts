import { Command } from "commander";
import { invalid } from "../platform/errors.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Person = { id: string; name: string; email: string | null; level: number; department: string };
type Tenant = { tenant?: string };

const LEVELS = "1 observer, 2 member, 3 responder, 4 operator, 5 manager, 6 administrator";

export const peopleCommand = () => {
  const command = new Command("people").description("people of a tenant and their role levels");
  const below = (name: string, description: string, isDefault = false) =>
    command
      .command(name, { isDefault })
      .description(description)
      .option("--tenant <id>", "default: TOBAN_ACT_AS_TENANT, then the installation's own");

  below("list", "who they are", true)
    .option("--json", "as JSON")
    .action(async (options: Tenant & { json?: boolean }) => {
      const answer = await (await api(undefined, options.tenant)).get<{ people: Person[] }>("/v1/people");
      if (options.json) return printJson(answer);
      const rows = answer.people.map((p) => [p.id, `${p.level}`, p.department, p.name, p.email ?? "—"]);
      print(table([["PERSON", "LEVEL", "DEPARTMENT", "NAME", "E-MAIL"], ...rows]));
    });
  below("add", `add a person; levels: ${LEVELS}`)
    .argument("<person>")
    .argument("<level>")
    .option("--name <name>", "default: the id")
    .option("--email <address>")
    .option("--department <id>", "default: root")
    .action(
      async (
        id: string,
        level: string,
        options: Tenant & { name?: string; email?: string; department?: string },
      ) => {
        const { tenant, name = id, ...rest } = options;
        const client = await api(undefined, tenant);
        const person = await client.post<Person>("/v1/people", { id, level: levelOf(level), name, ...rest });
        print(`${person.id} has level ${person.level}`);
      },
    );
  below("role", `change a person's level: ${LEVELS}`)
    .argument("<person>")
    .argument("<level>")
    .action(async (id: string, level: string, options: Tenant) => {
      const client = await api(undefined, options.tenant);
      const person = await client.patch<Person>(urlOf(id), { level: levelOf(level) });
      print(`${person.id} has level ${person.level}`);
    });
  below("remove", "refuse a person from now on")
    .argument("<person>")
    .action(async (id: string, options: Tenant) => {
      await (await api(undefined, options.tenant)).delete(urlOf(id));
      print(`${id} is removed`);
    });
  return command;
};

const urlOf = (id: string) => `/v1/people/${encodeURIComponent(id)}`;

function levelOf(text: string): number {
  if (/^[1-6]$/.test(text)) return Number(text);
  throw invalid("level_invalid", `${text} is no role level.`, `Give one of: ${LEVELS}.`);
}
