import { Command } from "commander";
import type { VerificationView } from "../audit/index.ts";
import { conflict, refusalOf, TobanError } from "../platform/errors.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Failure = VerificationView["failures"][number];
type Api = Awaited<ReturnType<typeof api>>;

/** 0: everything holds. 1: something does not. 2: it could not be found out. */
const EXIT = { holds: 0, fails: 1, unknown: 2 };

export const auditVerifyCommand = () =>
  new Command("verify")
    .description("whether the audit record is what was sealed; exit 0 it is, 1 it is not, 2 could not tell")
    .option("--full", "every event of every class; else what is new, and the next part of the old")
    .option("--json", "as JSON")
    .action(async (options: { full?: boolean; json?: boolean }) => {
      try {
        const client = await api();
        if (options.full) await full(client, options.json === true);
        else await pass(client, options.json === true);
      } catch (error) {
        const { code, reason, remedy } = refusalOf(error);
        process.stderr.write(`${code}: ${reason}\n  → ${remedy}\n`);
        process.exitCode = EXIT.unknown;
      }
    });

async function pass(client: Api, json: boolean): Promise<void> {
  const answer = await client.post<{ failures: Failure[] }>("/v1/audit/verifications/pass", {});
  process.exitCode = answer.failures.length > 0 ? EXIT.fails : EXIT.holds;
  if (json) return printJson(answer);
  show(answer.failures);
  if (answer.failures.length === 0) {
    print("What was sealed since the last pass holds. Everything is read by: toban audit verify --full");
  }
}

async function full(client: Api, json: boolean): Promise<void> {
  const id = await startOrJoin(client);
  const run = await follow(client, id);
  if (run.refusal) {
    const { code, reason, remedy } = run.refusal;
    throw new TobanError("unavailable", { code, reason, remedy });
  }
  process.exitCode = run.failures.length > 0 ? EXIT.fails : EXIT.holds;
  if (json) return printJson(run);
  show(run.failures);
  const seconds = (Date.parse(run.endedAt!) - Date.parse(run.startedAt!)) / 1000;
  const rate = run.events.perSecond === null ? "" : `, ${run.events.perSecond} events/s`;
  print(`${run.events.done} events in ${run.trees} trees, ${seconds.toFixed(1)} s${rate}: ${verdict(run)}`);
}

const verdict = (run: VerificationView) =>
  run.failures.length === 0 ? "everything holds" : `${run.failures.length} things do not hold`;

async function startOrJoin(client: Api): Promise<string> {
  try {
    return (await client.post<{ id: string }>("/v1/audit/verifications", {})).id;
  } catch (error) {
    if (!(error instanceof TobanError && error.code === "verification_running")) throw error;
    const { verifications } = await client.get<{ verifications: VerificationView[] }>(
      "/v1/audit/verifications",
    );
    const open = verifications.find((one) => one.state !== "ended") ?? verifications[0];
    if (!open) throw conflict("verification_running", "It just ended.", "Start it again.");
    return open.id;
  }
}

async function follow(client: Api, id: string): Promise<VerificationView> {
  for (;;) {
    const run = await client.get<VerificationView>(`/v1/audit/verifications/${id}`);
    if (process.stderr.isTTY) {
      const { done, total } = run.events;
      process.stderr.write(
        `\r${done} of ${total} events${run.failures.length > 0 ? ", FAILING" : ""}\u001b[K`,
      );
      if (run.state === "ended") process.stderr.write("\r\u001b[K");
    }
    if (run.state === "ended") return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function show(failures: Failure[]): void {
  if (failures.length === 0) return;
  print(
    table(
      failures.map(({ tenant, class: class_, seq, code, reason }) => [
        ...[tenant, class_ ?? "-", seq === null ? "-" : String(seq), code, reason],
      ]),
    ),
  );
  for (const remedy of new Set(failures.map((failure) => failure.remedy))) print(`→ ${remedy}`);
}
