export type Slots = {
  /** Runs the work when a slot is free, in order of arrival; null when too much is waiting already. */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T> | null;
};

/** At most `slots` works at the same time, and at most `waitingBytes` of input waiting for one. */
export function createSlots(slots: number, waitingBytes: number): Slots {
  let free = slots;
  let waiting = 0;
  const queue: (() => void)[] = [];

  return {
    run(bytes, work) {
      if (free === 0 && waiting + bytes > waitingBytes) return null;
      return (async () => {
        if (free > 0) free--;
        else {
          waiting += bytes;
          await new Promise<void>((resolve) => queue.push(resolve));
          waiting -= bytes;
        }
        try {
          return await work();
        } finally {
          const next = queue.shift();
          if (next) next();
          else free++;
        }
      })();
    },
  };
}
