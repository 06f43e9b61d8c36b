import type { Check } from "../check.ts";
import type { Files } from "../files.ts";
import type { Finding } from "../finding.ts";
import { isOfFile, type Recognition } from "../fingerprint.ts";
import type { Format } from "../gate.ts";
import type { Report } from "../report.ts";
import { asJson } from "./json.ts";
import { asJunit } from "./junit.ts";
import { asMarkdown } from "./markdown.ts";
import { asSarif } from "./sarif.ts";
import { asText, type Language } from "./text.ts";

type RenderOptions = Recognition & {
  format: Format;
  language: Language;
  colour: boolean;
  read: Files["read"];
  /** The working directory in its repository. */
  folder: string;
};

export const TOOL_VERSION = "0.1.0";

/** The report in the format that was asked for. Lines of files are shown masked: they may hold what is secret. */
export async function render(report: Report, options: RenderOptions): Promise<string> {
  const { language } = options;
  if (options.format === "json") return asJson(report, options);
  if (options.format === "markdown") return asMarkdown(report, language);
  if (options.format === "junit") return asJunit(report, language);
  if (options.format === "sarif") {
    const { allChecks } = await import("../catalogue.ts");
    const checks = new Map<string, Check>((await allChecks()).map((check) => [check.code, check]));
    return asSarif(report, { ...options, checks, version: TOOL_VERSION });
  }
  if (report.findings.length === 0) return asText(report, { ...options, frameOf: () => undefined });
  return asText(report, { ...options, frameOf: await masked(options) });
}

/** Says what is worth hiding by its name alone. */
const TELLS_SECRET = /secret|password|credential|token|private-key|key-in/;

/** The longest line that is worth a look at a terminal. */
const LONGEST = 2000;

/**
 * Lines without what is secret in them: by its form (`maskText`), and by what the check for secrets finds in the file, also
 * when it was not asked for. The line of a finding that is itself about a secret is not shown at all.
 */
async function masked({ read, lineOf }: RenderOptions): Promise<(finding: Finding) => string | undefined> {
  const { maskText } = await import("@toban/service-kit/masking");
  const { checkSecrets } = await import("../supply/index.ts");
  const known = new Map<string, Finding[]>();
  const secretsOf = (path: string) => {
    const result = known.has(path) ? undefined : read(path);
    if (result) known.set(path, "file" in result ? checkSecrets([result.file]).findings : []);
    return known.get(path)!;
  };
  return (finding) => {
    const line = lineOf(finding);
    if (isOfFile(finding) || TELLS_SECRET.test(finding.code) || line.length > LONGEST) return undefined;
    const isHere = ({ line: from, endLine = from }: Finding) =>
      from <= finding.line && finding.line <= endLine;
    return secretsOf(finding.path).some(isHere) ? undefined : maskText(line);
  };
}
