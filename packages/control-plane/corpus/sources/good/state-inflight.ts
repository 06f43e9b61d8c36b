import { load } from "./load.js";

const loads = new Map<string, Promise<unknown>>();

export async function loadOnce(key: string) {
  const running = loads.get(key);
  if (running) return running;
  const promise = load(key);
  loads.set(key, promise);
  try {
    return await promise;
  } finally {
    loads.delete(key);
  }
}
