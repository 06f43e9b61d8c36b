import { sleep } from "./sleep.js";

export async function until<T>(probe: () => Promise<T>, deadline: number, now: () => number): Promise<T> {
  while (true) {
    try {
      return await probe();
    } catch (error) {
      if (now() > deadline) throw error;
    }
    await sleep(250);
  }
}
