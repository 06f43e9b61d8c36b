import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type FamilyName, judgeKnownSince, judgeSbom, judgeTexts, type Verdict } from "../../gate/index.ts";
import { unavailable } from "../../platform/errors.ts";
import { pass } from "../proof-kind.ts";
import { type Kind, noFaults, text } from "./system.ts";

type Texts = Record<string, string>;
type Seeded = { good: Verdict; seeded: Verdict; codes: string[]; goodCodes: string[] };

/** What a use of `gate.seeded` says. Paths of `copies` are in the repository; a folder stands for its files. */
type SeededParameters = {
  family: FamilyName;
  /** The name that the gate sees → the file or folder of the repository. */
  copies?: Record<string, string>;
  texts?: Texts;
  /** What is done to these files, so that the gate must block them. */
  seed: { add?: Texts; remove?: string[]; replace?: { file: string; from: string; to: string } };
};

/** The gate passes what is there, and blocks the same with a fault seeded into it. */
export const gateSeeded: Kind<Seeded> = {
  kind: "gate.seeded",
  async measure({ repository }, ctx, parameters) {
    const { family, copies = {}, texts = {}, seed } = parameters as SeededParameters;
    const good = new Map(Object.entries(texts));
    for (const [name, source] of Object.entries(copies)) {
      for (const [file, content] of await copiesOf(repository, name, source)) good.set(file, content);
    }
    const seeded = new Map(good);
    for (const [file, content] of Object.entries(seed.add ?? {})) seeded.set(file, content);
    for (const file of seed.remove ?? []) seeded.delete(file);
    if (seed.replace) {
      const { file, from, to } = seed.replace;
      const before = good.get(file) ?? "";
      if (!before.includes(from)) {
        throw unavailable(
          "seed_outdated",
          `${file} does not hold what is to be replaced.`,
          "Renew the seed.",
        );
      }
      seeded.set(file, before.replace(from, to));
    }
    const judge = (files: Map<string, string>) =>
      judgeTexts(
        family,
        [...files].map(([name, content]) => ({ path: name, text: content })),
        ctx.clock.now(),
      );
    const [asIs, withFault] = [await judge(good), await judge(seeded)];
    return {
      good: asIs.verdict,
      seeded: withFault.verdict,
      codes: withFault.codes,
      goodCodes: asIs.codes,
    };
  },
  judge({ good, seeded, codes, goodCodes }) {
    const faults = [
      ...(good === "pass" ? [] : [`what is there is judged ${good} (${goodCodes.join(", ")})`]),
      ...(seeded === "fail" ? [] : [`the seeded fault is judged ${seeded}, not fail`]),
    ];
    return noFaults(
      faults,
      () =>
        pass(
          `as it is: ${good}; with a seeded fault: ${seeded} (${codes.join(", ")})`,
          text(
            "The gate passes what is there and blocks the fault.",
            "ゲートは現状を合格とし、混入した欠陥を止めます。",
          ),
        ),
      "gate_lets_through",
      `as it is: ${good}; with a seeded fault: ${seeded}`,
      text("Correct what is there, or the check.", "現状か検査を直してください。"),
    );
  },
  mutants() {
    const good = { good: "pass", seeded: "fail", codes: ["contract/x"], goodCodes: [] } as const;
    const mutant = (differs: Partial<Seeded>): Seeded => ({ ...good, codes: [], goodCodes: [], ...differs });
    return {
      "the fault passes": mutant({ seeded: "pass" }),
      "the fault is not decided": mutant({ seeded: "inconclusive" }),
      "what is there fails": mutant({ good: "fail", goodCodes: ["contract/x"] }),
    };
  },
};

async function copiesOf(repository: string, name: string, source: string): Promise<[string, string][]> {
  const full = path.join(repository, source);
  const read = (file: string) =>
    readFile(file, "utf8").catch((cause) => {
      throw unavailable("source_missing", `${source} cannot be read.`, "Prove in a checkout.", cause);
    });
  const entries = await readdir(full).catch(() => undefined);
  if (!entries) return [[name, await read(full)]];
  return Promise.all(
    entries
      .sort()
      .map(
        async (entry): Promise<[string, string]> => [`${name}/${entry}`, await read(path.join(full, entry))],
      ),
  );
}

type DueTimes = { severity: string; days: number; atDue: Verdict; afterDue: Verdict }[];

/** A vulnerability may stay until its due time, to the millisecond, and blocks after it. */
export const gateDueTimes: Kind<DueTimes> = {
  kind: "gate.due-times",
  async measure({ operations }, ctx, parameters) {
    const due = operations.gate?.vulnerabilities;
    if (!due) throw unavailable("gate_undefined", "The definition has no due times.", "Add `gate` to it.");
    const days = { critical: due.critical.ms / DAY_MS, high: due.high.ms / DAY_MS };
    const promised = parameters as Record<keyof typeof days, { ms: number }>;
    const now = ctx.clock.now();
    const ask = (severity: keyof typeof days, ageMs: number) =>
      judgeKnownSince(severity, new Date(now.getTime() - ageMs), days, now);
    return Promise.all(
      (["critical", "high"] as const).map(async (severity) => ({
        severity,
        days: promised[severity].ms / DAY_MS,
        atDue: await ask(severity, promised[severity].ms),
        afterDue: await ask(severity, promised[severity].ms + 1),
      })),
    );
  },
  judge(times) {
    const faults = times.flatMap(({ severity, days, atDue, afterDue }) => [
      ...(atDue === "pass" ? [] : [`${severity}: ${atDue} when ${days} days are just over`]),
      ...(afterDue === "fail" ? [] : [`${severity}: ${afterDue} 1 ms after ${days} days`]),
    ]);
    const measured = times.map(({ severity, days }) => `${severity} ${days} d`).join(", ");
    return noFaults(
      times.length === 0 ? ["nothing was asked"] : faults,
      () =>
        pass(
          `${measured}, to the millisecond`,
          text(
            "Each blocks after its due time and not before.",
            "期限を過ぎると止め、期限までは止めません。",
          ),
        ),
      "due_time_missed",
      measured,
      text("Correct the clock of the ledger.", "台帳の期限の計算を直してください。"),
    );
  },
  mutants() {
    const good = { severity: "critical", days: 7, atDue: "pass", afterDue: "fail" } as const;
    return {
      "never asked": [],
      "blocks too early": [{ ...good, atDue: "fail" }],
      "never blocks": [{ ...good, afterDue: "pass" }],
      "cannot tell": [{ ...good, afterDue: "inconclusive" }],
    };
  },
};

type Sboms = { release: string; verdict: Verdict }[];

/** Every release that runs has an SBOM, kept beside the releases, that names its digest. */
export const gateSbom: Kind<Sboms> = {
  kind: "gate.sbom",
  async measure(system, ctx) {
    const folder = system.rollout.releasesDir;
    const running = (await system.observe()).flatMap(({ service, instances }) =>
      [...new Set(instances.map(({ version }) => version))].map((version) => ({ service, version })),
    );
    return Promise.all(
      running.map(async ({ service, version }) => {
        const manifest = await readFile(path.join(folder, service, version, "release.json"), "utf8");
        const { digest } = JSON.parse(manifest) as { digest: string };
        const file = path.join(folder, "sbom", `${service}-${version}.cdx.json`);
        const sbom = await readFile(file, "utf8").catch(() => undefined);
        return {
          release: `${service} ${version}`,
          verdict: await judgeSbom(sbom, digest, ctx.clock.now()),
        };
      }),
    );
  },
  judge(sboms) {
    const faults = sboms
      .filter(({ verdict }) => verdict !== "pass")
      .map(({ release, verdict }) => `the SBOM of ${release} is judged ${verdict}`);
    const measured = sboms.map(({ release }) => release).join(", ");
    return noFaults(
      sboms.length === 0 ? ["nothing runs"] : faults,
      () =>
        pass(
          `SBOMs of ${measured}`,
          text("Each names the digest that runs.", "どれも稼働中のダイジェストを示しています。"),
        ),
      "sbom_missing",
      measured || "—",
      text("Build the release with its SBOM.", "SBOM とともにリリースをビルドしてください。"),
    );
  },
  mutants: () => ({
    "nothing runs": [],
    "no SBOM": [{ release: "bff 1.0.0", verdict: "fail" }],
    "an SBOM that cannot be read": [{ release: "bff 1.0.0", verdict: "inconclusive" }],
  }),
};

const DAY_MS = 86_400_000;
