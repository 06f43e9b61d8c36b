import type { Finding } from "../../finding.ts";
import {
  ancestors,
  argumentsOf,
  bare,
  calleeOf,
  child,
  dotted,
  inside,
  isFunction,
  list,
  type Node,
  nameOf,
  outer,
  propertyOf,
  stringOf,
} from "../ast.ts";
import { ENTRANCE_CHECKS } from "../checks/entrance.ts";
import { at, type Rule } from "../context.ts";
import { type Module, nodesIn, textOf } from "../module.ts";

const SECRET_NAME =
  /(SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|CREDENTIALS?|SALT|PEPPER)(_KEY|_BASE)?$/i;
/** Set by the platform or harmless when missing. */
const OPTIONAL =
  /^(NODE_ENV|CI|DEBUG|TZ|HOME|USER|PATH|PWD|HOSTNAME|LOG_LEVEL|TERM|NO_COLOR|FORCE_COLOR|COLUMNS|SHELL|EDITOR|TMPDIR|LANG|LC_ALL|VERCEL\w*|npm_\w+|AWS_(REGION|LAMBDA\w*|EXECUTION_ENV)|K_SERVICE|KUBERNETES_\w+|NEXT_(RUNTIME|PUBLIC_\w+)|GIT_\w+|COMMIT_SHA|VERSION|PORT|HOST|APP_ENV|STAGE)$/;

type Read = { name: string; node: Node };

export const environment: Rule = (module, context) => {
  if (module.purpose !== "server") return [];
  const findings: Finding[] = [];
  const reads = readsOf(module);
  for (const read of reads) {
    const literal = defaultOf(read.node);
    if (
      literal !== undefined &&
      literal !== "" &&
      SECRET_NAME.test(read.name) &&
      !/(_URL|_ID|_FILE|_PATH|_TTL|_NAME|_ARN)$/.test(read.name)
    ) {
      if (!onlyOutsideProduction(module, read.node))
        findings.push(at(ENTRANCE_CHECKS.secretDefault, module, read.node, { name: read.name }));
    }
  }
  findings.push(...schemaDefaults(module));
  if (context.facts.checksEnvironment) return findings;
  const unchecked = reads.filter(
    ({ name, node }) => !OPTIONAL.test(name) && !checkedHere(module, name, node),
  );
  const needed = unchecked.filter(({ node }) => !assumed(node) && used(module, node));
  // A file that starts the server is where the check belongs; one variable alone may be checked by what it is given to.
  const severe = listens(module) && new Set(needed.map(({ name }) => name)).size >= 2;
  const served = !listens(module) && (context.entries.get(module) ?? []).length > 0;
  for (const { name, node } of unchecked) {
    const how = assumed(node);
    // Routes and consumers are started by another file, which was not given.
    const severity = served && !isExported(node) ? "warn" : "block";
    if (how) findings.push(at(ENTRANCE_CHECKS.environmentAssumed, module, node, { name, how }, { severity }));
  }
  for (const { name, node } of needed) {
    findings.push(
      at(
        ENTRANCE_CHECKS.environmentUnchecked,
        module,
        node,
        { name },
        { severity: severe ? "block" : "warn" },
      ),
    );
  }
  const config = exportedConfig(module, reads);
  if (!config) return findings;
  const names = config.map((read) => read.name).join(", ");
  const kept = findings.filter((finding) => finding.code !== ENTRANCE_CHECKS.environmentUnchecked.code);
  return [
    ...kept,
    at(ENTRANCE_CHECKS.environmentAssumed, module, config[0]!.node, { name: names, how: "export" }),
  ];
};

/** `process.env.X`, `process.env["X"]`, `import.meta.env` is the bundler's, and `const { X } = process.env`. */
function readsOf(module: Module): Read[] {
  return module.nodes.flatMap((node) => {
    if (node.type === "MemberExpression" && dotted(child(node, "object")) === "process.env") {
      const name = propertyOf(node);
      const written = node.parent?.type === "AssignmentExpression" && child(node.parent, "left") === node;
      return name === undefined || written || node.parent?.operator === "delete" ? [] : [{ name, node }];
    }
    return [];
  });
}

/** Secrets with a default inside the schema itself: `JWT_SECRET: z.string().default("dev")`, `const { X = "dev" } = process.env`. */
function schemaDefaults(module: Module): Finding[] {
  return module.nodes.flatMap((node) => {
    if (node.type !== "Property") return [];
    const name = nameOf(child(node, "key"));
    if (!name || !/^[A-Z][A-Z0-9_]+$/.test(name) || !SECRET_NAME.test(name)) return [];
    const value = child(node, "value");
    const calls = value
      ? nodesIn(module, value).filter(
          (one) => one.type === "CallExpression" && /\.default$/.test(calleeOf(one)),
        )
      : [];
    const given = calls
      .map((call) => stringOf(argumentsOf(call)[0]))
      .find((text) => text !== undefined && text !== "");
    const taken = value?.type === "AssignmentPattern" ? stringOf(child(value, "right")) : undefined;
    const literal = given ?? (taken === "" ? undefined : taken);
    return literal === undefined || onlyOutsideProduction(module, node)
      ? []
      : [at(ENTRANCE_CHECKS.secretDefault, module, node, { name })];
  });
}

/** The literal of `process.env.X || "literal"`, also through a ternary. */
function defaultOf(node: Node): string | undefined {
  const parent = outer(node);
  if (
    parent?.type === "LogicalExpression" &&
    (parent.operator === "||" || parent.operator === "??") &&
    inside(node, child(parent, "left")!)
  ) {
    return stringOf(child(parent, "right"));
  }
  return undefined;
}

function onlyOutsideProduction(module: Module, node: Node): boolean {
  for (const ancestor of ancestors(node)) {
    if (ancestor.type === "IfStatement" || ancestor.type === "ConditionalExpression") {
      if (/NODE_ENV|isProd|isDev|isTest|production/.test(textOf(module, child(ancestor, "test")!)))
        return true;
    }
  }
  return /NODE_ENV\s*===?\s*["']production["'][^;]{0,200}throw/.test(module.code);
}

function assumed(node: Node): string | undefined {
  const parent = node.parent;
  if (parent?.type === "TSNonNullExpression") return "!";
  if (parent?.type === "TSAsExpression" && child(parent, "typeAnnotation")?.type === "TSStringKeyword")
    return "as string";
  return undefined;
}

/** Is the variable tested in this file: `if (!process.env.X) throw`, `assert(process.env.X)`, a list of required names? */
function checkedHere(module: Module, name: string, node: Node): boolean {
  const held = nameOf(child(declarator(node), "id"));
  const { literals, tests, assertions } = testsOf(module);
  if (literals.has(name)) return true;
  const word = held === undefined ? undefined : new RegExp(`\\b${held.replace(/\$/g, "\\$")}\\b`);
  if (tests.some((test) => test.includes(name) || word?.test(test))) return true;
  return assertions.some(
    ({ text, names }) => text.includes(`process.env.${name}`) || (held !== undefined && names.includes(held)),
  );
}

type Tests = {
  literals: Set<string>;
  tests: string[];
  assertions: { text: string; names: (string | undefined)[] }[];
};
const known = new WeakMap<Module, Tests>();

/** What a file tests: its names as literals, its conditions that end in a refusal, and its assertions. */
function testsOf(module: Module): Tests {
  const found = known.get(module);
  if (found) return found;
  const made: Tests = { literals: new Set(), tests: [], assertions: [] };
  known.set(module, made);
  for (const node of module.nodes) {
    if (
      node.type === "Literal" &&
      typeof node.value === "string" &&
      node.parent?.type !== "MemberExpression"
    ) {
      made.literals.add(node.value);
    } else if (node.type === "IfStatement" || node.type === "ConditionalExpression") {
      if (/throw|exit|return|fail|fatal|error/i.test(textOf(module, node)))
        made.tests.push(textOf(module, child(node, "test")!));
    } else if (
      node.type === "CallExpression" &&
      /assert|invariant|required?|ensure|check|must|parse|validate/i.test(calleeOf(node))
    ) {
      const args = argumentsOf(node);
      made.assertions.push({
        text: args.map((argument) => textOf(module, argument)).join(" "),
        names: args.map((argument) => nameOf(bare(argument))),
      });
    }
  }
  return made;
}

const declarator = (node: Node): Node | undefined => {
  const parent = outer(node);
  return parent?.type === "VariableDeclarator" ? parent : undefined;
};

/** Is the value really needed here: no default, no test, no comparison? */
function used(module: Module, node: Node): boolean {
  const parent = outer(node);
  if (!parent) return false;
  if (
    [
      "LogicalExpression",
      "IfStatement",
      "ConditionalExpression",
      "BinaryExpression",
      "UnaryExpression",
    ].includes(parent.type)
  )
    return false;
  if (parent.type === "AssignmentPattern") return false;
  if (parent.type === "CallExpression" && /^(Boolean|Number|parseInt|parseFloat)$/.test(calleeOf(parent)))
    return false;
  const inFunction = [...ancestors(node)].some(isFunction);
  return inFunction || listens(module) || parent.type === "TemplateLiteral" || parent.type === "Property";
}

const isExported = (node: Node): boolean =>
  [...ancestors(node)].some((one) => one.type === "ExportNamedDeclaration") &&
  ![...ancestors(node)].some(isFunction);

const listens = (module: Module): boolean => /\.listen\(/.test(module.code);

/** A configuration object of raw variables that other files will take for checked values: at least two of them. */
function exportedConfig(module: Module, reads: readonly Read[]): Read[] | undefined {
  for (const statement of list(module.root, "body")) {
    const commonJs =
      statement.type === "ExpressionStatement" &&
      /^module\.exports$|^exports\./.test(dotted(child(child(statement, "expression"), "left")));
    if (!/^Export(Named|Default)Declaration$/.test(statement.type) && !commonJs) continue;
    const object = nodesIn(module, statement).find((node) => node.type === "ObjectExpression");
    const raw = reads.filter(({ name, node }) => {
      const place = outer(node);
      const direct =
        place?.type === "Property" &&
        object !== undefined &&
        inside(node, object) &&
        ![...ancestors(node)].some((one) => isFunction(one));
      return direct && !OPTIONAL.test(name) && !checkedHere(module, name, node);
    });
    const called = object?.parent && /CallExpression|NewExpression/.test(object.parent.type);
    if (raw.length >= 2 && !called) return raw;
  }
  return undefined;
}
