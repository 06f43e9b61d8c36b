export class Inbox {
  constructor(private readonly store: { fetch(id: string): Promise<string[]> }) {}
  list(id: string) {
    return this.store.fetch(id);
  }
}
export function load(fetch: (url: string) => Promise<string>, url: string) {
  return fetch(url);
}
