import type { Family, Tree } from "../family.ts";
import type { SourceFile } from "../finding.ts";
import { checkEvents } from "./check.ts";
import { EVENTS_CHECKS } from "./checks/index.ts";
import { parseFile, referencesOf } from "./documents.ts";
import { eventSettings } from "./settings.ts";
import type { EventSet } from "./version.ts";

export { checkEvents } from "./check.ts";
export { EVENTS_CHECKS } from "./checks/index.ts";
export { type EventSettings, eventSettings } from "./settings.ts";
export type { EventSet } from "./version.ts";

/** Pairs of folders that hold the released and the next contracts of events side by side. */
export type RecognizedEvents = { bases: EventSet[]; revision: EventSet };

/**
 * Finds `…/released/events/` or `…/released/<version>/events/` beside `…/events/`: each folder of a version is a base,
 * oldest first by name.
 */
export function recognizeEvents(tree: Tree): RecognizedEvents[] {
  const isContract = (path: string) => /\.(json|ya?ml)$/i.test(path);
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
  const folders = new Map<string, string[]>();
  for (const path of tree.paths.filter(isContract)) {
    folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path]);
  }
  const setOf = (folder: string): EventSet => ({
    name: folder.replace(/\/$/, ""),
    files: folders.get(folder)!.map((path) => tree.read(path)),
    folder: true,
  });
  const found: RecognizedEvents[] = [];
  for (const folder of folders.keys()) {
    const match = /^(.*?)events\/$/.exec(folder);
    if (!match || /(^|\/)released\//.test(folder)) continue;
    const released = `${match[1]}released/`;
    const bases = [...folders.keys()]
      .filter((one) => one.startsWith(released) && /(^|\/)events\/$/.test(one.slice(released.length)))
      .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
    if (bases.length > 0) found.push({ bases: bases.map(setOf), revision: setOf(folder) });
  }
  return found;
}

/**
 * The files that those of a set refer to and that are not in it, read by `read` (null: there is none). Follows
 * references of references.
 */
export function supportOf(files: SourceFile[], read: (path: string) => SourceFile | null): SourceFile[] {
  const known = new Set(files.map(({ path }) => path));
  const support: SourceFile[] = [];
  const queue = [...files];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const parsed = parseFile(next);
    if (!("document" in parsed)) continue;
    for (const path of referencesOf(parsed.document)) {
      if (known.has(path)) continue;
      known.add(path);
      const file = read(path);
      if (!file) continue;
      support.push(file);
      queue.push(file);
    }
  }
  return support;
}

const EXAMPLE_NOW = new Date("2026-11-23T00:00:00Z");

export const eventFamily: Family = {
  name: "events",
  checks: EVENTS_CHECKS,
  exampleFile: "revision/event.json",
  /** `base-1/…` or `base-1.json`, `base-2/…` … are bases, `revision/…` or `revision.json` the revision. */
  async example(files) {
    const stated = files.find(({ path }) => path === "toban.check.json");
    const settings = stated ? (JSON.parse(stated.text) as { events?: unknown }).events : {};
    const sets = new Map<string, SourceFile[]>();
    for (const file of files) {
      const name = file.path.replace(/[./].*$/, "");
      if (file !== stated) sets.set(name, [...(sets.get(name) ?? []), file]);
    }
    const set = (name: string): EventSet => {
      const members = sets.get(name) ?? [];
      return { name, files: members, folder: members.some(({ path }) => path.includes("/")) };
    };
    const bases = [...sets.keys()].filter((name) => name.startsWith("base")).sort();
    return checkEvents(bases.map(set), set("revision"), eventSettings.parse(settings ?? {}), EXAMPLE_NOW);
  },
};
