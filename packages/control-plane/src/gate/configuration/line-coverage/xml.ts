/** An opening tag of an XML text, its attributes, and the names of the elements that it stands in. */
export type Element = { name: string; attributes: Map<string, string>; parents: readonly string[] };

/**
 * Calls `visit` for each element in one pass over the text; no entities are expanded and nothing is fetched.
 * False when the text is no complete XML document.
 */
export function scanXml(text: string, visit: (element: Element) => void): boolean {
  const open: string[] = [];
  let roots = 0;
  let at = text.indexOf("<");
  while (at >= 0) {
    const skipped = skip(text, at);
    if (skipped === -1) return false;
    if (skipped === 0) {
      const end = endOfTag(text, at);
      if (end < 0) return false;
      const tag = text.slice(at + 1, end);
      if (tag.startsWith("/")) {
        if (open.pop() !== tag.slice(1).trim()) return false;
      } else {
        const name = /^[\w:.-]+/.exec(tag)?.[0];
        if (!name) return false;
        if (open.length === 0) roots++;
        visit({ name, attributes: attributesOf(tag), parents: open });
        if (!tag.endsWith("/")) open.push(name);
      }
      at = text.indexOf("<", end);
    } else at = text.indexOf("<", skipped);
  }
  return roots === 1 && open.length === 0;
}

/** The end of a declaration, comment or CDATA at `at`; 0 when an element stands there, -1 when it has no end. */
function skip(text: string, at: number): number {
  const ends: [string, string][] = [
    ["<!--", "-->"],
    ["<![CDATA[", "]]>"],
    ["<?", "?>"],
    ["<!", ">"],
  ];
  for (const [start, end] of ends) {
    if (!text.startsWith(start, at)) continue;
    const found = text.indexOf(end, at + start.length);
    return found < 0 ? -1 : found + end.length;
  }
  return 0;
}

function endOfTag(text: string, from: number): number {
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const one = text[at]!;
    if (quote !== "") quote = one === quote ? "" : quote;
    else if (one === '"' || one === "'") quote = one;
    else if (one === ">") return at;
  }
  return -1;
}

function attributesOf(tag: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of tag.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    found.set(match[1]!, match[2] ?? match[3]!);
  }
  return found;
}
