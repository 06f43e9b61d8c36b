import type { AlterTableCmd, ColumnDef, Constraint as ConstraintNode, CreateStmt, Node } from "libpg-query";
import { columnOf, columnsIn, constraintOf, constraintsOf, lastName, stringsOf, typeText } from "./nodes.ts";
import type { Replay } from "./replay.ts";
import type { Column, Constraint, Index, Table } from "./types.ts";

type Draft = {
  columns: Map<string, Column>;
  constraints: Map<string, Constraint>;
};

const SERIAL: Record<string, string> = {
  smallserial: "int2",
  serial2: "int2",
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
};

/** Whether a type is one of the pseudo-types that bring a sequence. */
export const serialType = (type: string | undefined): string | undefined =>
  type === undefined ? undefined : SERIAL[type];

/** The table as it is known; one whose CREATE is not in the history comes into being when something names it. */
export function knownTable(replay: Replay, name: string): Table {
  return (
    replay.state.get("table", name) ?? {
      name,
      kind: "table",
      persistence: "permanent",
      columns: new Map(),
      constraints: new Map(),
      complete: false,
      rowSecurity: { enabled: false, forced: false },
      policies: new Map(),
      triggers: new Set(),
      filled: true,
    }
  );
}

export function createTable(replay: Replay, node: CreateStmt) {
  const { state, made } = replay;
  const name = replay.newName(node.relation);
  if (node.if_not_exists && state.get("table", name) !== undefined) return;
  const draft: Draft = { columns: new Map(), constraints: new Map() };
  let complete = node.ofTypename === undefined;
  const parents = (node.inhRelations ?? []).flatMap((parent) =>
    "RangeVar" in parent ? [replay.nameOf(parent.RangeVar)] : [],
  );
  for (const parent of parents) {
    const table = state.get("table", parent);
    if (table === undefined || !table.complete) complete = false;
    for (const column of table?.columns.values() ?? []) draft.columns.set(column.name, { ...column, made });
    for (const constraint of table?.constraints.values() ?? []) {
      if (constraint.kind === "check" || constraint.kind === "not-null" || node.partbound !== undefined) {
        draft.constraints.set(constraint.name, { ...constraint, made });
      }
    }
  }
  const later: ConstraintNode[] = [];
  for (const element of node.tableElts ?? []) {
    if ("ColumnDef" in element) later.push(...addColumn(replay, draft, name, element.ColumnDef));
    else if ("Constraint" in element) later.push(element.Constraint);
    else if ("TableLikeClause" in element) {
      const source = state.get("table", replay.nameOf(element.TableLikeClause.relation));
      if (source === undefined || !source.complete) complete = false;
      for (const column of source?.columns.values() ?? []) {
        // Without INCLUDING DEFAULTS, IDENTITY and GENERATED only name, type and NOT NULL come along.
        const { name: own, type, notNull } = column;
        draft.columns.set(own, { name: own, type, notNull, made });
      }
    }
  }
  for (const constraint of later) addConstraint(replay, draft, name, constraint);
  state.set("table", name, {
    name,
    kind: node.partspec !== undefined ? "partitioned" : "table",
    persistence: persistence(node.relation?.relpersistence),
    columns: draft.columns,
    constraints: draft.constraints,
    complete,
    ...(node.partbound !== undefined && parents[0] !== undefined ? { parent: parents[0] } : {}),
    ...(isDefaultBound(node.partbound) ? { isDefaultPartition: true as const } : {}),
    rowSecurity: { enabled: false, forced: false },
    policies: new Map(),
    triggers: new Set(),
    made,
    filled: false,
  });
}

export const isDefaultBound = (bound: { is_default?: boolean } | undefined): boolean =>
  bound?.is_default === true;

export const persistence = (letter: string | undefined): Table["persistence"] =>
  letter === "t" ? "temporary" : letter === "u" ? "unlogged" : "permanent";

/** Adds a column and gives back the constraints of other columns' concern written behind it. */
function addColumn(replay: Replay, draft: Draft, table: string, node: ColumnDef): ConstraintNode[] {
  const { made } = replay;
  const name = node.colname ?? "";
  const written = typeText(node.typeName);
  const serial = serialType(written);
  const column: Column = { name, type: serial ?? written, notNull: serial !== undefined, made };
  if (serial !== undefined) column.serial = true;
  const later: ConstraintNode[] = [];
  for (const constraint of constraintsOf(node)) {
    switch (constraint.contype) {
      case "CONSTR_NOTNULL":
        column.notNull = true;
        break;
      case "CONSTR_DEFAULT":
        if (constraint.raw_expr !== undefined) column.default = constraint.raw_expr;
        break;
      case "CONSTR_IDENTITY":
        column.identity = true;
        column.notNull = true;
        break;
      case "CONSTR_GENERATED":
        column.generated = constraint.generated_kind === "v" ? "virtual" : "stored";
        break;
      case "CONSTR_CHECK":
      case "CONSTR_UNIQUE":
      case "CONSTR_PRIMARY":
      case "CONSTR_FOREIGN":
        later.push(ownConstraint(constraint, name));
        break;
      default:
        break;
    }
  }
  draft.columns.set(name, column);
  if (serial !== undefined) {
    const sequence = `${table}_${name}_seq`;
    replay.state.set("sequence", sequence, { name: sequence, ownedBy: `${table}.${name}` });
  }
  return later;
}

/** A constraint written behind a column, as if it stood by itself. */
function ownConstraint(constraint: ConstraintNode, column: string): ConstraintNode {
  const keys: Node[] = [{ String: { sval: column } }];
  if (constraint.contype === "CONSTR_FOREIGN") return { ...constraint, fk_attrs: keys };
  return constraint.contype === "CONSTR_CHECK" ? constraint : { ...constraint, keys };
}

function addConstraint(replay: Replay, draft: Draft, table: string, node: ConstraintNode) {
  const made = constraintMade(replay, draft, table, node);
  if (made === undefined) return;
  const { constraint, index } = made;
  draft.constraints.set(constraint.name, constraint);
  if (index !== undefined) replay.state.set("index", index.name, index);
  if (constraint.kind === "primary" || (constraint.kind === "not-null" && constraint.validated)) {
    for (const name of constraint.columns) {
      const column = draft.columns.get(name);
      draft.columns.set(name, { ...(column ?? { name, type: undefined }), notNull: true });
    }
  }
}

function constraintMade(
  replay: Replay,
  draft: Draft,
  table: string,
  node: ConstraintNode,
): { constraint: Constraint; index?: Index } | undefined {
  const { made, state } = replay;
  const validated = node.skip_validation !== true;
  const short = table.slice(table.indexOf(".") + 1);
  const schema = table.slice(0, table.indexOf(".") + 1);
  const free = (base: string) => {
    const taken = (name: string) =>
      draft.constraints.has(name) || state.get("index", schema + name) !== undefined;
    let name = base;
    for (let count = 1; taken(name); count += 1) name = `${base}${count}`;
    return name;
  };
  const named = (suffix: string, columns: readonly string[]) =>
    node.conname ?? free([short, ...columns, suffix].join("_"));
  switch (node.contype) {
    case "CONSTR_PRIMARY":
    case "CONSTR_UNIQUE": {
      const primary = node.contype === "CONSTR_PRIMARY";
      const using = node.indexname === undefined ? undefined : state.get("index", schema + node.indexname);
      const columns = node.indexname === undefined ? stringsOf(node.keys) : (using?.columns ?? []);
      // An index that is given takes the constraint's name.
      const name = node.conname ?? node.indexname ?? named(primary ? "pkey" : "key", primary ? [] : columns);
      if (using !== undefined) state.set("index", using.name, undefined);
      const index: Index = { name: schema + name, table, columns, unique: true, partial: false, valid: true };
      index.made = using?.made ?? made;
      const kind = primary ? "primary" : "unique";
      return { constraint: { name, kind, validated: true, columns, index: index.name, made }, index };
    }
    case "CONSTR_EXCLUSION": {
      const columns = (node.exclusions ?? []).flatMap((pair) => {
        const element = "List" in pair ? pair.List.items?.[0] : undefined;
        return element !== undefined && "IndexElem" in element ? (element.IndexElem.name ?? []) : [];
      });
      const name = named("excl", columns);
      const index: Index = {
        name: schema + name,
        table,
        columns,
        unique: false,
        partial: false,
        valid: true,
        made,
      };
      return {
        constraint: { name, kind: "exclude", validated: true, columns, index: index.name, made },
        index,
      };
    }
    case "CONSTR_FOREIGN": {
      const columns = stringsOf(node.fk_attrs);
      const references = { table: replay.nameOf(node.pktable), columns: stringsOf(node.pk_attrs) };
      const name = named("fkey", columns);
      return { constraint: { name, kind: "foreign", validated, columns, references, made } };
    }
    case "CONSTR_CHECK": {
      const columns = columnsIn(node.raw_expr);
      const name = named("check", columns.length === 1 ? columns : []);
      const expression = node.raw_expr === undefined ? {} : { expression: node.raw_expr };
      return { constraint: { name, kind: "check", validated, columns, ...expression, made } };
    }
    case "CONSTR_NOTNULL": {
      const columns = stringsOf(node.keys);
      return { constraint: { name: named("not_null", columns), kind: "not-null", validated, columns, made } };
    }
    default:
      return undefined;
  }
}

/** The columns and constraints of a table to be changed, each copied when it is first asked for. */
function copyOnUse(table: Table): Draft & { used(): Partial<Draft> } {
  const used: Partial<Draft> = {};
  return {
    get columns() {
      used.columns ??= new Map(table.columns);
      return used.columns;
    },
    get constraints() {
      used.constraints ??= new Map(table.constraints);
      return used.constraints;
    },
    used: () => used,
  };
}

/** One command of an ALTER TABLE on a table. */
export function alterTable(replay: Replay, name: string, command: AlterTableCmd) {
  const { state } = replay;
  const table = knownTable(replay, name);
  const draft = copyOnUse(table);
  const column = command.name ?? "";
  const old = table.columns.get(column);
  const change = (values: Partial<Column>) =>
    draft.columns.set(column, { ...(old ?? { name: column, type: undefined, notNull: false }), ...values });
  let rest: Partial<Table> = {};
  switch (command.subtype) {
    case "AT_AddColumn": {
      const node = columnOf(command);
      if (node === undefined || (command.missing_ok && table.columns.has(node.colname ?? ""))) return;
      for (const constraint of addColumn(replay, draft, name, node))
        addConstraint(replay, draft, name, constraint);
      break;
    }
    case "AT_DropColumn":
      draft.columns.delete(column);
      for (const constraint of table.constraints.values()) {
        if (constraint.columns.includes(column)) dropConstraint(replay, draft, constraint);
      }
      for (const index of state.indexesOf(name)) {
        if (index.columns.includes(column)) state.set("index", index.name, undefined);
      }
      break;
    case "AT_ColumnDefault": {
      const { default: _old, ...plain } = old ?? { name: column, type: undefined, notNull: false };
      draft.columns.set(column, command.def === undefined ? plain : { ...plain, default: command.def });
      break;
    }
    case "AT_SetNotNull":
      change({ notNull: true });
      break;
    case "AT_DropNotNull":
      change({ notNull: false });
      for (const constraint of table.constraints.values()) {
        if (constraint.kind === "not-null" && constraint.columns[0] === column) {
          draft.constraints.delete(constraint.name);
        }
      }
      break;
    case "AT_AlterColumnType":
      change({ type: typeText(columnOf(command)?.typeName) });
      break;
    case "AT_AddIdentity":
      change({ identity: true });
      break;
    case "AT_DropIdentity":
      change({ identity: false });
      break;
    case "AT_DropExpression": {
      const { generated: _generated, ...plain } = old ?? { name: column, type: undefined, notNull: false };
      draft.columns.set(column, plain);
      break;
    }
    case "AT_AddConstraint": {
      const constraint = constraintOf(command);
      if (constraint !== undefined) addConstraint(replay, draft, name, constraint);
      break;
    }
    case "AT_ValidateConstraint": {
      // One that the history does not know is kept by its name: somebody validated it.
      const unknown: Constraint = {
        name: column,
        kind: "check",
        validated: true,
        columns: [],
        made: replay.made,
      };
      const constraint = draft.constraints.get(column) ?? unknown;
      draft.constraints.set(column, { ...constraint, validated: true });
      if (constraint.kind === "not-null") {
        for (const one of constraint.columns) {
          const of = draft.columns.get(one);
          if (of !== undefined) draft.columns.set(one, { ...of, notNull: true });
        }
      }
      break;
    }
    case "AT_DropConstraint": {
      const constraint = draft.constraints.get(column);
      if (constraint !== undefined) dropConstraint(replay, draft, constraint);
      break;
    }
    case "AT_EnableRowSecurity":
    case "AT_DisableRowSecurity":
      rest = { rowSecurity: { ...table.rowSecurity, enabled: command.subtype === "AT_EnableRowSecurity" } };
      break;
    case "AT_ForceRowSecurity":
    case "AT_NoForceRowSecurity":
      rest = { rowSecurity: { ...table.rowSecurity, forced: command.subtype === "AT_ForceRowSecurity" } };
      break;
    case "AT_SetLogged":
    case "AT_SetUnLogged":
      rest = { persistence: command.subtype === "AT_SetLogged" ? "permanent" : "unlogged" };
      break;
    case "AT_AttachPartition":
    case "AT_DetachPartition": {
      const partition =
        command.def !== undefined && "PartitionCmd" in command.def ? command.def.PartitionCmd : {};
      const child = replay.nameOf(partition.name);
      const { parent: _parent, isDefaultPartition: _default, ...alone } = knownTable(replay, child);
      const attached = command.subtype === "AT_AttachPartition";
      const standard =
        attached && isDefaultBound(partition.bound) ? { isDefaultPartition: true as const } : {};
      state.set("table", child, attached ? { ...alone, parent: name, ...standard } : alone);
      // The parent's own rows did not change, but it is partitioned for sure.
      rest = { kind: "partitioned" };
      break;
    }
    default:
      return;
  }
  state.set("table", name, { ...table, ...draft.used(), ...rest });
}

function dropConstraint(replay: Replay, draft: Draft, constraint: Constraint) {
  draft.constraints.delete(constraint.name);
  if (constraint.index !== undefined) replay.state.set("index", constraint.index, undefined);
  if (constraint.kind === "not-null") {
    for (const name of constraint.columns) {
      const column = draft.columns.get(name);
      if (column !== undefined) draft.columns.set(name, { ...column, notNull: false });
    }
  }
}

/** The columns of an index as far as they are plain, with `expr` for the others in its default name. */
export function indexColumns(parameters: readonly Node[] | undefined): {
  columns: string[];
  labels: string[];
} {
  const columns: string[] = [];
  const labels: string[] = [];
  for (const parameter of parameters ?? []) {
    if (!("IndexElem" in parameter)) continue;
    const { name, expr } = parameter.IndexElem;
    if (name !== undefined) columns.push(name);
    const called = expr !== undefined && "FuncCall" in expr ? lastName(expr.FuncCall.funcname) : "expr";
    labels.push(name ?? called);
  }
  return { columns, labels };
}
