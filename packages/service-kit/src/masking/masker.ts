import { describeError } from "./errors.ts";
import { type FieldKind, fieldKind } from "./fields.ts";
import { type JsonMask, maskedJson } from "./json.ts";
import { type Roster, rosterOf } from "./roster.ts";
import { maskedText } from "./scan.ts";
import { type Kind, MASK } from "./spans.ts";
import { isAllowed, KIND_OF, maskedField, maskedNumber } from "./values.ts";

export type MaskerOptions = {
  /** Names of people that must be found wherever they stand. */
  roster?: readonly string[];
  /** Fields whose personal data may stay (an order's number, a product's name); secrets in them never do. */
  allow?: readonly string[];
  /** Told of each thing that was masked. */
  count?: (kind: Kind) => void;
};

export type MaskedLine = { line: string; record: Record<string, unknown> | null };

/** Deeper values than any service writes are hidden whole. */
const DEEPEST = 64;

export class Masker {
  private readonly roster: Roster | undefined;
  private readonly allow: ReadonlySet<string>;
  private readonly count: ((kind: Kind) => void) | undefined;
  private readonly cleanKeys = new Set<string>();
  private readonly json: JsonMask;

  constructor({ roster, allow, count }: MaskerOptions = {}) {
    this.roster = roster && roster.length > 0 ? rosterOf(roster) : undefined;
    this.allow = new Set(allow);
    this.count = count;
    this.json = {
      text: this.text,
      key: this.key,
      field: (kind, value) => maskedField(kind, value, this.text, this.count),
      replaced: (kind) => this.count?.(KIND_OF[kind]),
      isKept: (key) => this.allow.size > 0 && this.allow.has(key),
      keptText: this.secretsOf,
    };
  }

  /** A text of any kind: `taro@example.com` → `t***@example.com`, `password=…` → `[masked]`. */
  readonly text = (text: string): string => maskedText(text, this.roster, this.count);

  /** Names of fields come again and again; those with nothing in them are remembered. */
  private readonly key = (key: string): string => {
    if (this.cleanKeys.has(key)) return key;
    const masked = this.text(key);
    if (masked === key && this.cleanKeys.size < 10_000) this.cleanKeys.add(key);
    return masked;
  };

  private readonly secretsOf = (text: string): string => maskedText(text, undefined, this.count, true);

  /** One named text. */
  field(key: string, value: string): string {
    const kind = fieldKind(key);
    if (this.json.isKept(key) && kind !== "secret" && kind !== "header") return this.secretsOf(value);
    if (kind !== undefined) return this.json.field(kind, value);
    return isAllowed(key, value) ? value : this.text(value);
  }

  /** One named number, as it is written. */
  number(key: string, written: string): string {
    return maskedNumber(fieldKind(key), written) ?? written;
  }

  /** A value of any depth; fields lose what their name says that they hold. */
  value(value: unknown): unknown {
    return this.inner(value, "", undefined, []);
  }

  private inner(value: unknown, key: string, kind: FieldKind | undefined, above: object[]): unknown {
    if (value === null || value === undefined) return value;
    if (kind === "secret" || kind === "header") return value === "" ? value : MASK;
    if (typeof value === "string") return this.field(key, value);
    if (typeof value === "number" || typeof value === "bigint")
      return maskedNumber(kind, String(value)) ?? value;
    if (typeof value !== "object") return value;
    if (above.includes(value)) return "[circular]";
    if (above.length >= DEEPEST) return MASK;
    return this.container(value, key, kind, [...above, value]);
  }

  private container(value: object, key: string, kind: FieldKind | undefined, above: object[]): unknown {
    const named = (name: string, one: unknown) => this.inner(one, name, fieldKind(name), above);
    if (Array.isArray(value)) return value.map((one) => this.inner(one, key, kind, above));
    if (value instanceof Error) return this.inner(describeError(value), key, kind, above);
    if (value instanceof Date || ArrayBuffer.isView(value)) return value;
    if (value instanceof URL) return this.text(value.href);
    if (value instanceof Set) return new Set([...value].map((one) => this.inner(one, key, kind, above)));
    if (value instanceof Map) {
      return new Map(
        [...value].map(([name, one]) =>
          typeof name === "string"
            ? [this.text(name), named(name, one)]
            : [name, this.inner(one, key, kind, above)],
        ),
      );
    }
    // Not assigned one by one: a field may be called `__proto__`.
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [this.text(name), named(name, one)]),
    );
  }

  /** One finished line. JSON stays JSON, with its order and its numbers; any other text is masked as text. */
  line(line: string): MaskedLine {
    const text = line.trimEnd();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return { line: `${this.text(text)}\n`, record: null };
    }
    const masked = maskedJson(text, this.json);
    const isRecord = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    if (!isRecord) return { line: `${masked}\n`, record: null };
    return {
      line: `${masked}\n`,
      record: (masked === text ? parsed : JSON.parse(masked)) as Record<string, unknown>,
    };
  }
}

/** A masker of its own: with a roster of people, with fields that may stay, with a count. */
export const createMasker = (options: MaskerOptions = {}): Masker => new Masker(options);
