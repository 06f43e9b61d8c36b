import { acquire } from "./lock.js";

export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  do {
    try {
      const lock = await acquire(name);
      return await work().finally(() => lock.release());
    } catch (error) {
      console.warn("lock busy", name);
    }
  } while (true);
}
