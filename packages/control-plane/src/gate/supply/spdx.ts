/** A licence expression as a tree. `ref` is a single licence, with its exception when it has one. */
export type LicenceTree =
  | { kind: "ref"; id: string; exception?: string }
  | { kind: "and" | "or"; parts: LicenceTree[] };

/**
 * Parses an SPDX licence expression (SPDX 2.3, annex D): ids, `+`, `WITH`, `AND`, `OR`, parentheses; operators in any case.
 * Undefined when it is none.
 */
export function parseLicence(text: string): LicenceTree | undefined {
  if (text.length > 2000) return undefined;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const is = (word: string) => tokens[at]?.toUpperCase() === word;

  const single = (depth: number): LicenceTree | undefined => {
    const token = tokens[at];
    if (token === "(") {
      at += 1;
      const inner = any(depth + 1);
      if (inner === undefined || tokens[at] !== ")") return undefined;
      at += 1;
      return inner;
    }
    if (token === undefined || !/^[A-Za-z0-9][\w.:-]*\+?$/.test(token) || /^(AND|OR|WITH)$/i.test(token))
      return undefined;
    at += 1;
    if (!is("WITH")) return { kind: "ref", id: token };
    const exception = tokens[at + 1];
    if (exception === undefined || !/^[\w.-]+$/.test(exception)) return undefined;
    at += 2;
    return { kind: "ref", id: token, exception };
  };
  const joined = (word: "AND" | "OR", next: () => LicenceTree | undefined): LicenceTree | undefined => {
    const first = next();
    if (first === undefined) return undefined;
    const parts = [first];
    while (is(word)) {
      at += 1;
      const part = next();
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts.length === 1 ? first : { kind: word === "AND" ? "and" : "or", parts };
  };
  const any = (depth: number): LicenceTree | undefined =>
    depth > 50 ? undefined : joined("OR", () => joined("AND", () => single(depth)));

  const tree = any(0);
  return at === tokens.length ? tree : undefined;
}

/** Licences that ask for no more than to be named; allowed by default. */
export const PERMISSIVE = [
  "0BSD",
  "AFL-2.1",
  "AFL-3.0",
  "Apache-1.1",
  "Apache-2.0",
  "Artistic-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-2-Clause-Views",
  "BSD-3-Clause",
  "BSD-3-Clause-Clear",
  "BSL-1.0",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "curl",
  "HPND",
  "ISC",
  "MIT",
  "MIT-0",
  "MITNFA",
  "NCSA",
  "PostgreSQL",
  "PSF-2.0",
  "Python-2.0",
  "Python-2.0.1",
  "TCL",
  "Unicode-3.0",
  "Unicode-DFS-2016",
  "Unlicense",
  "UPL-1.0",
  "W3C",
  "WTFPL",
  "X11",
  "Zlib",
  "ZPL-2.1",
] as const;

/** Copyleft that ends at the file or the library: usable unchanged, but somebody should have thought about it. */
const WEAK = /^(MPL|LGPL|EPL|CDDL|CPL|MS-RL|OSL|CECILL-[CB]|EUPL|APSL|IPL|SPL)(-|$)/i;

/** What asks for the whole program's source, forbids commerce, or is no open licence. */
const STRONG =
  /^(A?GPL|SSPL|CC-BY-(NC|ND|SA)|BUSL|Elastic|RPL|CPAL|CECILL|GFDL|Parity|Prosperity|PolyForm|JSON|Commons-Clause|Sleepycat|QPL|NPOSL|Hippocratic|FSL|ODbL|OGTSL|BSD-4-Clause|Confluent|RSAL|Aladdin|NGPL|Watcom)(-|$)/i;

const COMMON: readonly [RegExp, string][] = [
  [/^(the )?mit( license| licence|\/x11)?$/, "MIT"],
  [/^(the )?isc( license| licence)?$/, "ISC"],
  [/^(the )?apache( software)?( license| licence)?[ ,-]*(version |v)?\.?2(\.0)?( license)?$/, "Apache-2.0"],
  [/^(the )?(new|modified|revised) bsd( license)?$|^bsd[ -]?3([ -]clause)?( license)?$/, "BSD-3-Clause"],
  [
    /^(the )?(simplified|freebsd) (bsd|license)( license)?$|^bsd[ -]?2([ -]clause)?( license)?$/,
    "BSD-2-Clause",
  ],
  [/^cc0( 1\.0)?( universal)?$/, "CC0-1.0"],
  [/^(the )?unlicen[sc]e$/, "Unlicense"],
  [/^public domain$/, "CC0-1.0"],
  [/^(the )?zlib( license)?$/, "Zlib"],
  [/^(gnu )?a(ffero )?gpl[ -]?v?3(\.0)?$/, "AGPL-3.0-only"],
  [/^(gnu )?gpl[ -]?v?2(\.0)?$/, "GPL-2.0-only"],
  [/^(gnu )?gpl[ -]?v?3(\.0)?$/, "GPL-3.0-only"],
  [/^(gnu )?lgpl[ -]?v?2\.1$/, "LGPL-2.1-only"],
  [/^(gnu )?lgpl[ -]?v?3(\.0)?$/, "LGPL-3.0-only"],
  [/^(a?gpl|gnu general public license.*)$/, "GPL-2.0-only"],
  [/^mozilla public license( version)? 2(\.0)?$/, "MPL-2.0"],
];

/** The SPDX id that people mean by a common name such as "Apache License, Version 2.0"; otherwise the text itself. */
export function spdxOf(text: string): string {
  const plain = text.trim().replace(/\s+/g, " ").slice(0, 200).toLowerCase().replace(/[.,]$/, "");
  return COMMON.find(([pattern]) => pattern.test(plain))?.[1] ?? text.trim();
}

/** What a licence means for somebody who may use what `allowed` names. */
export type LicenceVerdict = "allowed" | "weak" | "refused" | "unknown";

const ORDER: readonly LicenceVerdict[] = ["allowed", "weak", "unknown", "refused"];

/** `OR` is as good as its best part, `AND` as bad as its worst. */
export function judgeLicence(tree: LicenceTree, allowed: ReadonlySet<string>): LicenceVerdict {
  if (tree.kind === "ref") return judgeOne(tree.id, tree.exception, allowed);
  const ranks = tree.parts.map((part) => ORDER.indexOf(judgeLicence(part, allowed)));
  return ORDER[tree.kind === "or" ? Math.min(...ranks) : Math.max(...ranks)]!;
}

/** Ids of an allow list in the form that `judgeLicence` compares. */
export const allowList = (ids: readonly string[]): Set<string> =>
  new Set(ids.map((id) => id.trim().toLowerCase()));

function judgeOne(id: string, exception: string | undefined, allowed: ReadonlySet<string>): LicenceVerdict {
  const plain = id.toLowerCase();
  // An exception only permits more, so what is allowed without it is allowed with it.
  const names = [plain, ...equivalents(plain)];
  const accepted = names.some(
    (name) =>
      allowed.has(name) ||
      (exception !== undefined && allowed.has(`${name} with ${exception.toLowerCase()}`)),
  );
  if (accepted) return "allowed";
  if (/^(unlicensed|none)$/i.test(id)) return "refused";
  if (
    exception !== undefined &&
    /^(Classpath|GCC|Bootloader|LLVM|Linux-syscall|Autoconf|Bison|OpenJDK)/i.test(exception)
  ) {
    return STRONG.test(id) || WEAK.test(id) ? "weak" : "unknown";
  }
  if (WEAK.test(id)) return "weak";
  if (STRONG.test(id)) return "refused";
  return PERMISSIVE.some((known) => known.toLowerCase() === plain) ? "refused" : "unknown";
}

/** `GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is `GPL-2.0-or-later`, and "or later" may be used as the version itself. */
function equivalents(id: string): string[] {
  const later = /^(.+?)(\+|-or-later)$/.exec(id)?.[1];
  if (later !== undefined) return [later, `${later}-only`, `${later}-or-later`];
  const only = /^(.+)-only$/.exec(id)?.[1];
  return only === undefined ? [`${id}-only`] : [only];
}
