import type { Node } from "libpg-query";
import { walk } from "./nodes.ts";
import type { State } from "./state.ts";

export type Volatility = "stable" | "volatile" | "unknown";

/** Volatile functions of PostgreSQL and its usual extensions (pg_proc.provolatile = 'v'). */
const VOLATILE = new Set(
  (
    "gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt " +
    "random random_normal setseed clock_timestamp timeofday nextval setval currval lastval pg_sleep ulid gen_ulid " +
    "ulid_generate nanoid xid ksuid uuid_generate_v7 gen_uuid_v7 generate_ulid txid_current_if_assigned " +
    "pg_advisory_lock pg_notify lo_create"
  ).split(" "),
);

/** Stable and immutable ones that people write into defaults. */
const STABLE = new Set(
  (
    "now transaction_timestamp statement_timestamp current_setting current_user session_user user current_schema " +
    "current_database txid_current pg_current_xact_id timezone date_trunc date_part extract to_char to_date to_timestamp " +
    "to_number to_json to_jsonb json_build_object json_build_array jsonb_build_object jsonb_build_array json_object " +
    "jsonb_object row_to_json array_to_json array_to_string string_to_array array_length array_append array_cat " +
    "array_fill cardinality lower upper initcap md5 sha224 sha256 sha384 sha512 digest encode decode concat concat_ws " +
    "format replace translate trim btrim ltrim rtrim lpad rpad left right substr substring length char_length " +
    "octet_length repeat reverse split_part position strpos chr ascii abs ceil ceiling floor round trunc sign sqrt " +
    "power exp ln log mod div greatest least coalesce nullif make_date make_time make_timestamp make_timestamptz " +
    "make_interval age justify_days justify_hours justify_interval isfinite point box circle polygon numrange " +
    "int4range int8range tsrange tstzrange daterange int4multirange tstzmultirange lower_inc upper_inc isempty " +
    "to_tsvector to_tsquery setweight hstore inet_client_addr inet_server_addr host network set_masklen uuid_nil " +
    "uuid_generate_v3 uuid_generate_v5 uuid_ns_dns uuid_ns_url quote_ident quote_literal regexp_replace unaccent " +
    "st_setsrid st_makepoint st_geomfromtext st_point bit_length get_byte pg_get_serial_sequence version int4 int8 " +
    "text varchar numeric float8 bool date timestamp timestamptz interval jsonb json uuid"
  ).split(" "),
);

/**
 * Whether an expression is the same for every row of one statement. Only then ADD COLUMN keeps it in the catalogue.
 * `name` is a function that nothing is known of.
 */
export function volatilityOf(
  expression: Node | undefined,
  state: State,
): { kind: Volatility; name?: string } {
  let found: { kind: Volatility; name?: string } = { kind: "stable" };
  walk(expression, (kind, node) => {
    if (kind !== "FuncCall") return undefined;
    const parts = (node.funcname as Node[]).map((part) => ("String" in part ? (part.String.sval ?? "") : ""));
    const name = parts.at(-1)!.toLowerCase();
    const own = state.get("function", parts.length > 1 ? parts.join(".") : `public.${name}`);
    const volatility: Volatility =
      own !== undefined
        ? own.volatility === "volatile"
          ? "volatile"
          : "stable"
        : VOLATILE.has(name)
          ? "volatile"
          : STABLE.has(name)
            ? "stable"
            : "unknown";
    if (volatility === "volatile" || (volatility === "unknown" && found.kind === "stable")) {
      found = { kind: volatility, name: parts.join(".") };
    }
    return undefined;
  });
  return found;
}
