import { maskedName } from "./names.ts";
import { add, type Scan } from "./spans.ts";

/** Names of known people, by their first two characters. */
export type Roster = Map<string, string[]>;

const SPACES = /[\s\u3000]+/g;

/** One entry may be written with a blank or without one; both are found. */
export function rosterOf(names: readonly string[]): Roster {
  const roster: Roster = new Map();
  for (const entry of names) {
    const name = entry.trim();
    if (name.length < 2) continue;
    const forms = new Set([name, name.replace(SPACES, " "), name.replace(SPACES, "\u3000")]);
    if (/[^\0-\x7f]/.test(name)) forms.add(name.replace(SPACES, ""));
    for (const form of forms) {
      const head = form.slice(0, 2).toLowerCase();
      const bucket = roster.get(head) ?? [];
      bucket.push(form);
      bucket.sort((a, b) => b.length - a.length);
      roster.set(head, bucket);
    }
  }
  return roster;
}

const isLetter = (char: string | undefined) => char !== undefined && /[A-Za-z0-9_]/.test(char);

export function rosterNames(scan: Scan, roster: Roster): void {
  const { text } = scan;
  const lower = text.toLowerCase();
  for (let at = 0; at + 1 < text.length; at += 1) {
    const bucket = roster.get(lower.slice(at, at + 2));
    const name = bucket?.find((one) => isThere(text, lower, one, at));
    if (name === undefined) continue;
    add(scan, "name", at, at + name.length, maskedName(text.slice(at, at + name.length)));
    at += name.length - 1;
  }
}

function isThere(text: string, lower: string, name: string, at: number): boolean {
  const end = at + name.length;
  if (!lower.startsWith(name.toLowerCase(), at) || text.startsWith(" *", end)) return false;
  const latin = isLetter(name[0]);
  return !latin || (!isLetter(text[at - 1]) && !isLetter(text[end]));
}
