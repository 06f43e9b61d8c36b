import { useSyncExternalStore } from "react";

/** Where the reader is, kept in the address, so that back, reload and links work. */
export type Place = { kind: "list" } | { kind: "new" } | { kind: "request"; id: string };

export function placeOf(hash: string): Place {
  if (hash === "#/new") return { kind: "new" };
  const id = /^#\/requests\/([\w-]+)$/.exec(hash)?.[1];
  return id ? { kind: "request", id } : { kind: "list" };
}

export function hashOf(place: Place): string {
  if (place.kind === "new") return "#/new";
  return place.kind === "request" ? `#/requests/${place.id}` : "#/";
}

export function goTo(place: Place): void {
  location.hash = hashOf(place);
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => location.hash,
  );
  return placeOf(hash);
}
