import { type Place, placesIn, type SourceFile } from "../finding.ts";
import { argumentsOf, bare, calleeOf, child, flatten, list, type Node, nameOf, stringOf } from "./ast.ts";
import { type Declaration, nearestScopes, resolve, type Scopes, scopesOf } from "./scopes.ts";

export type Comment = { value: string; start: number; end: number };

/** What a file is for. Only `server` files are judged in full. */
export type Purpose = "server" | "browser" | "script" | "cli";

/** One parsed source file. */
export type Module = {
  file: SourceFile;
  place: (start: number, end?: number) => Place;
  root: Node;
  nodes: Node[];
  /** Calls and `new` expressions, in order. */
  calls: Node[];
  comments: Comment[];
  /** The text with its comments blanked; offsets stay. */
  code: string;
  scopes: Scopes;
  nearest: Node[];
  /** By local name: the package or path, and the name there (`default` and `*` as in the language). */
  imports: Map<string, { source: string; name: string }>;
  purpose: Purpose;
};

/** The files given together; imports between them are followed. */
export type SourceSet = { modules: Module[]; byPath: Map<string, Module> };

export type Unparseable = { path: string; line: number; column: number; message: string };

export const TOO_DEEP = "it nests too deeply to be read";
const MAX_DEPTH = 1_000;
const MAX_RUN = 1_500;
/** Chains of binary operators are cheaper; base64 texts hold some thousands of `+`. */
const MAX_CHAIN = 30_000;
const MAX_BRANCHES = 2_500;

/**
 * Would the parser's recursion end the whole process? It does on thousands of nested brackets, of operators without a
 * bracket between them, or of `else if`. Nobody writes such a file; this bound is far above any that was written.
 */
function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  let run = 0;
  let chain = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // ( [ {
    if (code === 40 || code === 91 || code === 123) {
      depth += 1;
      run = 0;
      chain = 0;
      if (depth > MAX_DEPTH) return true;
      // ) ] } , ;
    } else if (code === 41 || code === 93 || code === 125 || code === 44 || code === 59) {
      if (code !== 44 && code !== 59 && depth > 0) depth -= 1;
      run = 0;
      chain = 0;
      // ! : < = ? ~ and n of `new`
    } else if (code === 33 || code === 58 || code === 60 || code === 61 || code === 63 || code === 126)
      run += 1;
    else if (code === 110 && text.startsWith("new ", index)) run += 1;
    // + & |
    else if (code === 43 || code === 38 || code === 124) chain += 1;
    if (run > MAX_RUN || chain > MAX_CHAIN) return true;
  }
  let branches = 0;
  for (let at = text.indexOf("else if"); at >= 0; at = text.indexOf("else if", at + 7)) branches += 1;
  for (let at = text.indexOf("else\nif"); at >= 0; at = text.indexOf("else\nif", at + 7)) branches += 1;
  return branches > MAX_BRANCHES;
}

/** Parses a file as its name says; plain `.js` also as JSX and as a script. */
export async function parseModule(file: SourceFile): Promise<Module | Unparseable> {
  const { parseSync } = await import("oxc-parser");
  const name = file.path.split("/").at(-1)!;
  const text = file.text.startsWith("\uFEFF") ? ` ${file.text.slice(1)}` : file.text;
  if (nestsTooDeeply(text)) return { path: file.path, line: 1, column: 1, message: TOO_DEEP };
  let parsed = parseSync(name, text, { preserveParens: false });
  const first = parsed.errors[0];
  if (first && /\.[cm]?jsx?$/.test(name)) {
    for (const sourceType of ["module", "script", "commonjs"] as const) {
      const again = parseSync(name, text, { preserveParens: false, lang: "jsx", sourceType });
      if (again.errors.length === 0) {
        parsed = again;
        break;
      }
    }
  }
  const place = placesIn(file);
  if (parsed.errors.some((error) => error.severity === "Error")) {
    const at = place(Math.min(first?.labels[0]?.start ?? 0, text.length));
    return { path: file.path, line: at.line, column: at.column, message: first?.message ?? "syntax error" };
  }
  const root = parsed.program as unknown as Node;
  const nodes = flatten(root);
  const comments = parsed.comments.map(({ value, start, end }) => ({ value, start, end }));
  const calls = nodes.filter((node) => node.type === "CallExpression" || node.type === "NewExpression");
  const imports = importsOf(nodes);
  return {
    file,
    place,
    root,
    nodes,
    calls,
    comments,
    code: blanked(text, comments),
    scopes: scopesOf(nodes),
    nearest: nearestScopes(nodes),
    imports,
    purpose: purposeOf(file, nodes, imports),
  };
}

function blanked(text: string, comments: readonly Comment[]): string {
  let code = "";
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    at = end;
  }
  return code + text.slice(at);
}

function importsOf(nodes: readonly Node[]): Module["imports"] {
  const imports: Module["imports"] = new Map();
  for (const node of nodes) {
    if (node.type === "ImportDeclaration") {
      const source = nameOf(child(node, "source")) ?? "";
      for (const specifier of list(node, "specifiers")) {
        const local = nameOf(child(specifier, "local"));
        const name =
          specifier.type === "ImportDefaultSpecifier"
            ? "default"
            : specifier.type === "ImportNamespaceSpecifier"
              ? "*"
              : nameOf(child(specifier, "imported"));
        if (local) imports.set(local, { source, name: name ?? local });
      }
    } else if (node.type === "TSImportEqualsDeclaration") {
      const source = nameOf(child(child(node, "moduleReference"), "expression"));
      const local = nameOf(child(node, "id"));
      if (local && source) imports.set(local, { source, name: "default" });
    } else if (node.type === "VariableDeclarator") {
      const required = requireOf(child(node, "init"));
      const id = child(node, "id");
      if (!required || !id) continue;
      if (id.type === "Identifier")
        imports.set(String(id.name), { source: required.source, name: required.name });
      for (const entry of list(id, "properties")) {
        const local = nameOf(child(entry, "value"));
        const name = nameOf(child(entry, "key"));
        if (local && name) imports.set(local, { source: required.source, name });
      }
    }
  }
  return imports;
}

/** `require("x")`, `require("x").y` and `await import("x")`. */
function requireOf(init: Node | undefined): { source: string; name: string } | undefined {
  let at = bare(init);
  let name = "default";
  if (at?.type === "MemberExpression") {
    name = nameOf(child(at, "property")) ?? "default";
    at = bare(child(at, "object"));
  }
  // `require("sqlite3").verbose()`, `require("pino")()`: what it gives is still of that package.
  if (at?.type === "CallExpression" && calleeOf(at) !== "require") {
    const callee = bare(child(at, "callee"));
    at = callee?.type === "MemberExpression" ? bare(child(callee, "object")) : callee;
  }
  if (at?.type === "ImportExpression") {
    const source = stringOf(child(at, "source"));
    return source === undefined ? undefined : { source, name: name === "default" ? "*" : name };
  }
  if (at?.type !== "CallExpression" || calleeOf(at) !== "require") return undefined;
  const source = stringOf(argumentsOf(at)[0]);
  return source === undefined ? undefined : { source, name };
}

const SCRIPT_PATH =
  /(^|\/)(scripts|build|seeds?|seeders|codemods|benchmarks?|bench)\/|\.config\.[cm]?[jt]s$|\.bench\.[cm]?[jt]sx?$/;
const CLI_PATH = /(^|\/)(cli|bin|commands)\/|(^|\/)cli\.[cm]?[jt]s$/;
const CLI_IMPORT =
  /^(commander|yargs|cac|meow|oclif|@oclif\/.*|@clack\/.*|inquirer|node:readline|readline|minimist)$/;
const BROWSER_IMPORT =
  /^(react|react-dom.*|react-router.*|vue|svelte|solid-js|preact|@angular\/.*|@tanstack\/react.*|swr|next\/(link|router|navigation))$/;
const SERVER_IMPORT =
  /^(express|fastify|koa|hono|@hono\/.*|@nestjs\/(?!mapped).*|@koa\/router|kafkajs|amqplib|bullmq|bull|pg|mysql2.*|@prisma\/client|mongoose|mongodb|ioredis|node:http|http|restify|@hapi\/hapi|aws-lambda|@aws-sdk\/.*|next\/server|node:fs.*|fs.*)$/;

function purposeOf(file: SourceFile, nodes: readonly Node[], imports: Module["imports"]): Purpose {
  if (SCRIPT_PATH.test(file.path)) return "script";
  const sources = [...imports.values()].map((one) => one.source);
  const serverOnly = sources.some((source) => SERVER_IMPORT.test(source));
  const directives = list(nodes[0], "body").map((statement) => statement.directive);
  if (directives.includes("use client")) return "browser";
  if (!serverOnly && !directives.includes("use server")) {
    if (sources.some((source) => BROWSER_IMPORT.test(source))) return "browser";
    if (/\.[jt]sx$/.test(file.path) && nodes.some((node) => node.type.startsWith("JSX"))) return "browser";
    if (/import\.meta\.env\b|process\.env\.(NEXT_PUBLIC|REACT_APP|VITE)_/.test(file.text)) return "browser";
    const browserGlobal = nodes.some(
      (node) =>
        node.type === "MemberExpression" &&
        /^(window|document|localStorage|sessionStorage|navigator)$/.test(nameOf(child(node, "object")) ?? ""),
    );
    if (browserGlobal) return "browser";
  }
  const cli =
    sources.some((source) => CLI_IMPORT.test(source)) || nodes[0]?.hashbang || CLI_PATH.test(file.path);
  return cli ? "cli" : "server";
}

export const declarationOf = (module: Module, node: Node | undefined): Declaration | undefined =>
  resolve(module.scopes, module.nearest, node);

/** The package and name that the root of an expression was imported as, unless a nearer name hides it. */
export function importOf(
  module: Module,
  node: Node | undefined,
): { source: string; name: string } | undefined {
  let at = bare(node);
  for (
    let depth = 0;
    depth < 24 && (at?.type === "MemberExpression" || at?.type === "CallExpression");
    depth++
  ) {
    at = bare(child(at, at.type === "CallExpression" ? "callee" : "object"));
  }
  if (at?.type !== "Identifier") return undefined;
  const found = module.imports.get(String(at.name));
  const declared = declarationOf(module, at);
  return found && (!declared || declared.scope.type === "Program") ? found : undefined;
}

/** What an expression is, after following local names that are never given anything else. */
export function followed(module: Module, node: Node | undefined): Node | undefined {
  let at = bare(node);
  for (let depth = 0; at?.type === "Identifier" && depth < 5; depth++) {
    const declared = declarationOf(module, at);
    if (!declared?.init || declared.destructured || declared.kind === "function") {
      return declared?.kind === "function" ? declared.init : at;
    }
    at = bare(declared.init);
  }
  return at;
}

/** The nodes of a subtree, the root included. */
export const nodesIn = (module: Module, root: Node): Node[] => module.nodes.slice(root.index, root.after);

export const textOf = (module: Module, node: Node): string => module.code.slice(node.start, node.end);

/** Are there comments that name an architecture decision record inside `node` or in the lines just above it? */
export function namesAdr(module: Module, node: Node): boolean {
  const from = Math.max(0, node.start - 600);
  return module.comments.some((comment) => {
    if (!/\bADR[-_ #]?\d+|\badrs?\/[\w-]*\d/i.test(comment.value)) return false;
    if (comment.start >= node.start && comment.end <= node.end) return true;
    // Above it: nothing but space, other comments and the start of its own statement may stand between.
    return (
      comment.end <= node.start &&
      comment.start >= from &&
      !/[;}]/.test(module.code.slice(comment.end, node.start))
    );
  });
}
