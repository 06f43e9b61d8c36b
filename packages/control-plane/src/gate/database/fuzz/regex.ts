/** A text that a simple regular expression matches; undefined for what is not simple. */
export function exampleOf(pattern: string): string | undefined {
  let at = 0;
  const peek = () => pattern[at];
  const alternatives = (): string | undefined => {
    const first = sequence();
    while (peek() === "|") {
      at += 1;
      if (sequence() === undefined) return undefined;
    }
    return first;
  };
  const sequence = (): string | undefined => {
    let text = "";
    while (at < pattern.length && peek() !== "|" && peek() !== ")") {
      const one = atom();
      if (one === undefined) return undefined;
      text += one.repeat(times());
    }
    return text;
  };
  const atom = (): string | undefined => {
    const char = pattern[at]!;
    at += 1;
    if (char === "^" || char === "$") return "";
    if (char === ".") return "a";
    if (char === "[") return bracket();
    if (char === "\\") return escaped();
    if (char !== "(") return char;
    if (pattern.startsWith("?:", at)) at += 2;
    else if (peek() === "?") return undefined;
    const inner = alternatives();
    at += 1;
    return inner;
  };
  const escaped = (): string | undefined => {
    const char = pattern[at]!;
    at += 1;
    if (char === "d") return "7";
    if (char === "w") return "a";
    if (char === "s") return " ";
    return /[a-zA-Z]/.test(char) ? undefined : char;
  };
  const bracket = (): string | undefined => {
    const end = pattern.indexOf("]", at + 1);
    if (end < 0) return undefined;
    const body = pattern.slice(at, end);
    at = end + 1;
    if (body.startsWith("^")) return ["a", "7", "-"].find((one) => !body.includes(one));
    if (body.includes("a-z") || body.includes("a-f")) return "a";
    return body[0] === "\\" ? body[1] : body[0];
  };
  const times = (): number => {
    const found = /^(\*|\+|\?|\{(\d+)(,\d*)?\})\??/.exec(pattern.slice(at));
    if (!found) return 1;
    at += found[0].length;
    return found[2] === undefined ? 1 : Number(found[2]);
  };
  const text = alternatives();
  return at < pattern.length ? undefined : text;
}
