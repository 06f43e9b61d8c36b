import { Command } from "commander";
import type { LogStatus } from "../audit/index.ts";
import { api } from "./api.ts";
import { print, printJson, table } from "./terminal.ts";

type Keys = {
  installation: string;
  keys: { verifier: string; certificate: string | null; createdAt: string; signsUntil: string | null }[];
};

export const auditKeysCommand = () =>
  new Command("keys")
    .description("public keys of the audit log, oldest first")
    .option("--json", "as JSON, with the certificates")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).get<Keys>("/v1/audit/keys");
      options.json ? printJson(answer) : print(keyTable(answer));
    });

export const auditRotateKeyCommand = () =>
  new Command("rotate-key")
    .description("sign the audit log with a new key from now on; the old one signs with it for a day")
    .option("--json", "as JSON, with the certificates")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).post<Keys>("/v1/audit/keys/rotate", {});
      options.json ? printJson(answer) : print(keyTable(answer));
    });

export const auditTreesCommand = () =>
  new Command("trees")
    .description("how far the audit log is sealed and anchored")
    .option("--json", "as JSON, with the signed notes")
    .action(async (options: { json?: boolean }) => {
      const answer = await (await api()).get<LogStatus>("/v1/audit/trees");
      options.json ? printJson(answer) : print(statusText(answer));
    });

const keyTable = ({ keys }: Keys) =>
  table([
    ["VERIFIER", "SINCE", "SIGNS"],
    ...keys.map((key, index) => [
      key.verifier,
      key.createdAt,
      key.signsUntil ? `until ${key.signsUntil}` : index === keys.length - 1 ? "yes" : "no",
    ]),
  ]);

function statusText({ trees, lagMs, sinks }: LogStatus): string {
  const rows = trees.map((tree) => [
    tree.class,
    String(tree.size),
    tree.sealedAt ?? "—",
    sinks
      .map(({ name }) => `${name}:${tree.anchors.find((anchor) => anchor.sink === name)?.size ?? 0}`)
      .join(" "),
    tree.unanchoredMs === null ? "—" : `${Math.round(tree.unanchoredMs / 1000)} s`,
    tree.diverged === null ? "ok" : `not signed: ${tree.diverged}`,
  ]);
  return [
    table([["CLASS", "SIZE", "SEALED", "ANCHORED", "UNANCHORED", "STATE"], ...rows]),
    ...(lagMs === null ? [] : ["", `oldest unsealed event: ${(lagMs / 1000).toFixed(1)} s`]),
    ...sinks.filter((sink) => sink.error !== null).map((sink) => `${sink.name}: ${sink.error}`),
  ].join("\n");
}
