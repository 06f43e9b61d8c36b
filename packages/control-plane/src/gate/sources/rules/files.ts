import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  functionName,
  isFunction,
  type Node,
  nameOf,
  property,
  stringOf,
} from "../ast.ts";
import { STATE_CHECKS } from "../checks/state.ts";
import { at, type Context, imports, type Rule, sourceOf } from "../context.ts";
import { declarationOf, followed, importOf, type Module, nodesIn, textOf } from "../module.ts";
import { vocabulary } from "../reach.ts";

const WRITES =
  /(^|\.)(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputFileSync|outputJson|outputJSON|outputJsonSync|writeJson|writeJSON|writeJsonSync|writeJSONSync|writeTextFile)$/;
const SCRATCH =
  /te?mp|tmpdir|mkdtemp|cache|\.log\b|\blogs?\b|log(File|Path|Dir)|\/dev\/|\bpid|\.sock|\bdist\b|\bbuild\b|\bcoverage\b|fixture|\.d\.ts|generated|openapi|swagger|snapshot|heap|profile|scratch|spool/i;
/** Where data outlives the process; folders named `uploads` do not count. */
const OBJECTS = /s3|put_?object|upload(?!s\b|ed)|bucket|blob|gcs|minio|objectStorage/i;
const TABLES = /insert|\bquery\b|prisma|repositor|\bsql\b|collection|knex|sequelize/i;
/** Files that people gave; a table then only holds where they are. */
const GIVEN = /\b(uploads?|public|storage|attachments?|avatars?|images?|media|files|documents)\b/i;
const SERVER =
  /^(express|fastify|koa|hono|@hono\/.*|@nestjs\/.*|@koa\/router|kafkajs|amqplib|bullmq|bull|multer|@fastify\/.*|next\/server)$/;
const SERVER_PATH =
  /(^|\/)(routes?|api|services?|server|repositor(y|ies)|handlers?|controllers?|consumers?|workers?|jobs?|stores?)(\/|\.|$)/i;
const SAVES =
  /^(save|create|persist|store|append|record|update|add|put|insert|register|enqueue|submit|place)([A-Z]\w*)?$/;
const DATA_PATH =
  /\.(json|jsonl|ndjson|csv|tsv|db|sqlite3?|dat|txt|ya?ml|bin|pdf|xlsx)\b|\b(data|db|storage|store|uploads?|orders|users|state)\b/i;

export const localFile: Rule = (module, context) => {
  if (module.purpose !== "server" || isCommand(module, context)) return [];
  const findings: Finding[] = [];
  const serving = isServing(module, context);
  for (const call of module.calls) {
    const what = fileWrite(module, call);
    if (what !== undefined) {
      if (judgedWrite(module, context, call, what, serving)) {
        findings.push(at(STATE_CHECKS.localFile, module, call, { what: calleeOf(call) }));
      }
      continue;
    }
    const store = localStore(module, call);
    if (store) findings.push(at(STATE_CHECKS.localFile, module, call, { what: store }));
  }
  return findings;
};

const BUILDS =
  /^(vite|esbuild|rollup|webpack|tsup|parcel|@parcel\/.*|typescript|terser|@swc\/core|@babel\/core|ts-morph|postcss|sass|gulp|handlebars-cli)$/;
/** What only a job keeps between its runs. */
const BETWEEN_RUNS = /checkpoint|cursor|last_?-?(run|id|sync|processed)|progress|offset|watermark|resume/i;

/** A program that builds something, or is started by hand with arguments, writes its output; nothing serves from it. */
function isCommand(module: Module, context: Context): boolean {
  if ((context.entries.get(module) ?? []).length > 0 || /\.(listen|serve)\(/.test(module.code)) return false;
  if (imports(module, SERVER)) return false;
  if (imports(module, BUILDS)) return true;
  const arguments_ = module.imports.get("parseArgs")?.source.replace("node:", "") === "util";
  return (arguments_ || /\bprocess\.argv\b/.test(module.code)) && !BETWEEN_RUNS.test(module.code);
}

function isServing(module: Module, context: Context): boolean {
  return (
    (context.entries.get(module) ?? []).length > 0 ||
    imports(module, SERVER) ||
    SERVER_PATH.test(module.file.path)
  );
}

/** The expression of the path when a call writes a file. */
function fileWrite(module: Module, call: Node): Node | null | undefined {
  const callee = calleeOf(call);
  if (callee === "Bun.write") return argumentsOf(call)[0] ?? null;
  if (!WRITES.test(callee)) return undefined;
  const source = sourceOf(module, call);
  const known =
    /^(node:)?(fs|fs\/promises)$|^(fs-extra|graceful-fs|jsonfile|write-file-atomic)$/.test(source) ||
    /^(fs|fsp|fse|Deno)\./.test(callee);
  return known ? (argumentsOf(call)[0] ?? null) : undefined;
}

const vocabularies = new WeakMap<Node, { words: string; objects: boolean }>();

/** The words of a piece of code, and whether it hands data to an object store. */
function wordsOf(module: Module, node: Node): { words: string; objects: boolean } {
  const known = vocabularies.get(node);
  if (known) return known;
  const words = vocabulary([{ module, node }]);
  const said = words.replace(/^.*\/uploads?\b.*$|^uploads?$|\buploads?\//gm, "");
  const made = { words, objects: OBJECTS.test(said) };
  vocabularies.set(node, made);
  return made;
}

function judgedWrite(
  module: Module,
  context: Context,
  call: Node,
  path: Node | null,
  serving: boolean,
): boolean {
  const described = path ? describe(module, path) : "";
  if (SCRATCH.test(described)) return false;
  const functions = [...ancestors(call)].filter(isFunction);
  const innermost = functions[0];
  const outermost = functions.at(-1);
  const served = (context.entries.get(module) ?? []).some((entry) =>
    context
      .reached(entry)
      .units.some(
        (unit) => unit.module === module && call.index >= unit.node.index && call.index < unit.node.after,
      ),
  );
  const container = innermost ?? module.root;
  const { words, objects } = wordsOf(module, outermost ?? container);
  if (objects || (TABLES.test(words) && !(served && GIVEN.test(described)))) return false;
  if (/\b(unlink|unlinkSync|rm|rmSync|rename|renameSync)\b/.test(words) && !served) return false;
  if (/\b(unlink|unlinkSync|rm|rmSync)\b/.test(words)) return false;
  if (served || readBack(module, path)) return true;
  const name = outermost && (functionName(innermost!) ?? functionName(outermost));
  return serving || !name
    ? serving && name !== undefined && SAVES.test(name)
    : SAVES.test(name) && DATA_PATH.test(described);
}

/** Data that the same file reads again from where it wrote it is what it relies on. */
function readBack(module: Module, path: Node | null): boolean {
  if (!path || !DATA_PATH.test(describe(module, path))) return false;
  const written = textOf(module, path);
  return module.calls.some(
    (call) =>
      /(^|\.)(readFile|readFileSync|readJson|readJSON|readJsonSync|createReadStream|readTextFile)$/.test(
        calleeOf(call),
      ) && textOf(module, argumentsOf(call)[0] ?? call) === written,
  );
}

const texts = new WeakMap<Module, Map<string, string>>();

/** The texts that fields and parameters of a file begin with: `private file = "tasks.json"`. */
function textsOf(module: Module): Map<string, string> {
  const known = texts.get(module);
  if (known) return known;
  const found = new Map<string, string>();
  for (const [, name, text] of module.code.matchAll(
    /\b([A-Za-z_$][\w$]{0,80})\s{0,3}(?::\s{0,3}string\s{0,3})?=\s{0,3}(["'`][^"'`\n]{1,200})/g,
  ))
    if (!found.has(name!)) found.set(name!, text!);
  texts.set(module, found);
  return found;
}

/** The path's own text with the texts of the names in it. */
function describe(module: Module, path: Node): string {
  const parts = [textOf(module, path)];
  for (const node of nodesIn(module, path)) {
    if (node.type === "MemberExpression" && child(node, "object")?.type === "ThisExpression") {
      parts.push(textsOf(module).get(nameOf(child(node, "property")) ?? "") ?? "");
    }
    if (node.type !== "Identifier") continue;
    const init = declarationOf(module, node)?.init;
    if (init && parts.length < 8 && init.end - init.start < 400) parts.push(textOf(module, init));
  }
  return parts.join(" ");
}

/** Databases and stores that are one file of this machine. */
function localStore(module: Module, call: Node): string | undefined {
  const callee = calleeOf(call);
  const source = importOf(module, child(call, "callee"))?.source ?? "";
  const first = argumentsOf(call)[0];
  const path = stringOf(followed(module, first));
  const isNew = call.type === "NewExpression";
  if (/^(better-sqlite3|sqlite3|node:sqlite|sqlite|bun:sqlite|libsql)$/.test(source)) {
    const opens = isNew || /(^|\.)open$/.test(callee);
    const file = path ?? stringOf(property(followed(module, first), "filename"));
    if (
      opens &&
      file !== undefined &&
      file !== ":memory:" &&
      !/^(libsql|https?):/.test(file) &&
      !SCRATCH.test(file)
    )
      return callee;
    if (opens && file === ":memory:") return callee;
    return undefined;
  }
  if (
    /^lowdb/.test(source) &&
    (isNew ? /JSONFile|FileSync|FileAsync/.test(callee) : /JSONFile(Sync)?Preset/.test(callee))
  ) {
    return `lowdb ${callee}`;
  }
  if (/^(nedb|@seald-io\/nedb|nedb-promises)$/.test(source) && property(first, "filename")) return "nedb";
  if (/^(node-persist|conf|node-json-db|simple-json-db)$/.test(source) && (isNew || /init$/.test(callee)))
    return source;
  if (source === "session-file-store" || source === "node-localstorage") return isNew ? source : undefined;
  if (source === "multer") {
    const local = nameOf(bare(child(call, "callee"))) !== undefined ? property(first, "dest") : undefined;
    const disk = /diskStorage$/.test(callee);
    const moved = /s3|putobject|bucket|gcs|blob|unlink|objectStorage/i.test(
      vocabulary([{ module, node: module.root }]),
    );
    if ((local || disk) && !moved && !SCRATCH.test(textOf(module, first ?? call))) return callee;
  }
  return undefined;
}
