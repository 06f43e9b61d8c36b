import { type FieldKind, fieldKind } from "./fields.ts";
import { MASK } from "./spans.ts";
import { isAllowed, maskedNumber } from "./values.ts";

export type JsonMask = {
  text: (text: string) => string;
  key: (key: string) => string;
  /** A value by the kind of its field. */
  field: (kind: FieldKind, value: string) => string;
  /** Told of what is replaced as a whole. */
  replaced: (kind: FieldKind) => void;
  /** Personal data of these fields stays. */
  isKept: (key: string) => boolean;
  keptText: (text: string) => string;
};

const QUOTE = 34;
const isSpaceOrSign = (code: number) => code <= 32 || code === 44 || code === 58;

/**
 * Masks JSON without building it anew: order, spacing and the digits of numbers stay. The text must be valid. Depth
 * costs memory, not stack.
 */
export function maskedJson(json: string, mask: JsonMask): string {
  const walk = new Walk(json, mask);
  walk.run();
  return walk.result();
}

class Walk {
  private readonly json: string;
  private readonly mask: JsonMask;
  private out = "";
  private from = 0;
  private at = 0;
  /** Whether each open bracket is an object, and what kind its values have (lists: that of their field). */
  private readonly objects: boolean[] = [];
  private readonly kinds: (FieldKind | undefined)[] = [];
  private isKey = false;
  private key = "";
  private kind: FieldKind | undefined;

  constructor(json: string, mask: JsonMask) {
    this.json = json;
    this.mask = mask;
  }

  result(): string {
    return this.from === 0 ? this.json : this.out + this.json.slice(this.from);
  }

  run(): void {
    const { json } = this;
    while (this.at < json.length) {
      const code = json.charCodeAt(this.at);
      if (code === QUOTE) this.string();
      else if (code === 44) this.comma();
      else if (isSpaceOrSign(code)) this.at += 1;
      else if (code === 123 || code === 91) this.open(code === 123);
      else if (code === 125 || code === 93) this.close();
      else this.literal();
    }
  }

  private comma(): void {
    this.isKey = this.objects.at(-1) === true;
    this.kind = this.isKey ? undefined : this.kinds.at(-1);
    this.at += 1;
  }

  private open(object: boolean): void {
    if (this.isSecret()) {
      this.mask.replaced(this.kind!);
      this.replace(this.at, this.endOfNested(), JSON.stringify(MASK));
      return;
    }
    this.objects.push(object);
    this.kinds.push(object ? undefined : this.kind);
    this.isKey = object;
    this.at += 1;
  }

  private close(): void {
    this.objects.pop();
    this.kinds.pop();
    this.isKey = false;
    this.at += 1;
  }

  private isSecret(): boolean {
    return this.kind === "secret" || this.kind === "header";
  }

  private literal(): void {
    const start = this.at;
    while (this.at < this.json.length && !/[\s,\]}]/.test(this.json[this.at]!)) this.at += 1;
    const written = this.json.slice(start, this.at);
    if (written === "null") return;
    const masked = /^[tf]/.test(written)
      ? this.isSecret()
        ? MASK
        : undefined
      : maskedNumber(this.kind, written);
    if (masked === undefined) return;
    this.mask.replaced(this.kind!);
    this.replace(start, this.at, JSON.stringify(masked));
  }

  private string(): void {
    const start = this.at;
    const end = this.endOfString(start);
    const raw = this.json.slice(start + 1, end - 1);
    const value = raw.includes("\\") ? (JSON.parse(this.json.slice(start, end)) as string) : raw;
    this.at = end;
    const masked = this.isKey ? this.maskedKey(value) : this.maskedValue(value);
    this.isKey = false;
    if (masked !== value) this.replace(start, end, JSON.stringify(masked));
  }

  private maskedKey(key: string): string {
    this.key = key;
    this.kind = fieldKind(key);
    return this.mask.key(key);
  }

  private maskedValue(value: string): string {
    if (this.kind !== undefined) {
      return this.mask.isKept(this.key) && !this.isSecret()
        ? this.mask.keptText(value)
        : this.mask.field(this.kind, value);
    }
    if (isAllowed(this.key, value)) return value;
    return this.mask.isKept(this.key) ? this.mask.keptText(value) : this.mask.text(value);
  }

  private replace(start: number, end: number, text: string): void {
    this.out += this.json.slice(this.from, start) + text;
    this.from = end;
    this.at = end;
  }

  private endOfString(start: number): number {
    let end = this.json.indexOf('"', start + 1);
    while (end !== -1) {
      let slashes = 0;
      while (this.json.charCodeAt(end - 1 - slashes) === 92) slashes += 1;
      if (slashes % 2 === 0) return end + 1;
      end = this.json.indexOf('"', end + 1);
    }
    return this.json.length;
  }

  private endOfNested(): number {
    let depth = 0;
    let at = this.at;
    do {
      const code = this.json.charCodeAt(at);
      if (code === QUOTE) {
        at = this.endOfString(at);
        continue;
      }
      if (code === 123 || code === 91) depth += 1;
      else if (code === 125 || code === 93) depth -= 1;
      at += 1;
    } while (depth > 0 && at < this.json.length);
    return at;
  }
}
