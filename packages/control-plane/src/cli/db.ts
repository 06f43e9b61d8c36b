import { Command, InvalidArgumentError, Option } from "commander";
import * as gate from "../gate/index.ts";
import { systemClock } from "../platform/ctx.ts";
import { invalid, refusalOf } from "../platform/errors.ts";
import { language, print } from "./terminal.ts";

const EXIT = { pass: 0, fail: 1, inconclusive: 2 };

type Options = {
  databaseUrl?: string;
  tenantColumn?: string;
  tenantSetting?: string;
  appRole?: string;
  schema?: string[];
  except?: string[];
  format: gate.DatabaseFormat;
  fuzz: boolean;
  lang?: "en" | "ja";
};
type Target = { name: string; options: gate.CheckDatabaseOptions };

/** `toban db check`: exit 0 clean, 1 a leak, 2 could not look, 64 bad use. */
export const dbCommand = () =>
  new Command("db").description("how a database keeps tenants apart").addCommand(
    new Command("check")
      .description(
        "look for ways from one tenant to another's rows in a PostgreSQL, and try them; changes nothing",
      )
      .option("--database-url <url>", "default: DATABASE_URL, else the databases of this home", asUrl)
      .option("--tenant-column <name>", "default: the one that most policies compare")
      .option("--tenant-setting <name>", "the setting with the session's tenant; default: likewise")
      .option(
        "--app-role <name>",
        "whom the application connects as; default: the URL's role, when it is restricted",
      )
      .option("--schema <names...>", "default: all but PostgreSQL's own")
      .option("--except <tables...>", "schema.table without tenants; `*` stands for any part of a name")
      .addOption(new Option("--format <format>").choices(["text", "json", "sarif"]).default("text"))
      .addOption(new Option("--lang <language>", "default: the terminal's").choices(["en", "ja"]))
      .option("--no-fuzz", "read the catalogue only")
      .action(async (options: Options) => {
        process.exitCode = EXIT.inconclusive;
        try {
          process.exitCode = EXIT[await check(options)];
        } catch (error) {
          const { code, reason, remedy } = refusalOf(error);
          process.stderr.write(`${code}: ${reason}\n  → ${remedy}\n`);
          if (options.format === "json") {
            const finding = {
              code,
              severity: "block",
              undecided: true,
              object: "",
              reason,
              remedy,
              commitments: [],
            };
            print(JSON.stringify({ verdict: "inconclusive", findings: [finding], checked: {} }, null, 2));
          }
        }
      }),
  );

async function check(options: Options): Promise<keyof typeof EXIT> {
  const looked: gate.Looked[] = [];
  for (const { name, options: target } of await targetsOf(options)) {
    looked.push({ name, seen: await gate.checkDatabase(target) });
  }
  process.stdout.write(
    await gate.renderDatabases(looked, { format: options.format, language: options.lang ?? language() }),
  );
  return gate.worst(looked);
}

async function targetsOf(options: Options): Promise<Target[]> {
  const { settings } = gate.openGate({
    cwd: process.cwd(),
    now: systemClock.now(),
    language: "en",
    format: "text",
    colour: false,
    readNumbers: async () => undefined,
  });
  const { database, migrations } = settings;
  const shared = {
    tenantColumn: options.tenantColumn,
    tenantSetting: options.tenantSetting,
    appRole: options.appRole,
    schemas: options.schema,
    except: [...(options.except ?? []), ...(migrations.tenancy?.except ?? [])],
    exceptions: [...database.exceptions, ...gate.OWN_EXCEPTIONS],
    fuzz: options.fuzz,
  };
  if (options.databaseUrl !== undefined) {
    const named = {
      tenantColumn: options.tenantColumn ?? migrations.tenancy?.column,
      tenantSetting: options.tenantSetting ?? database.tenantSetting,
      appRole: options.appRole ?? database.appRole,
    };
    return [
      { name: databaseIn(options.databaseUrl), options: { ...shared, ...named, url: options.databaseUrl } },
    ];
  }
  const found = await homeUrls();
  if (found.length === 0) {
    throw invalid(
      "database_missing",
      "No database is known here.",
      "Give --database-url, or start Toban once.",
    );
  }
  return found.map((url) => ({ name: databaseIn(url), options: { ...shared, url, isApplication: true } }));
}

function asUrl(text: string): string {
  if (URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("Give it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.");
}

/** The name of the database alone: a URL may hold a password. */
const databaseIn = (url: string): string =>
  (URL.canParse(url) ? decodeURIComponent(new URL(url).pathname.slice(1)) : "") || "postgres";

/** What the application's roles of this home connect to: Toban's own database, and RingiFlow's. */
async function homeUrls(): Promise<string[]> {
  const { readConfig } = await import("../app/config.ts");
  const { applicationUrls } = await import("../app/databases.ts");
  return applicationUrls(readConfig());
}
