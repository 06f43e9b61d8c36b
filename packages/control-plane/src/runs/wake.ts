/** Workers of this process. */
const workers = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

export function onWake(worker: () => void): () => void {
  workers.add(worker);
  return () => workers.delete(worker);
}

/**
 * A hint that saves the wait for the next poll; nothing depends on it. It is given inside a transaction, so it waits
 * a little for the commit; what commits later is found by the poll.
 */
export function wakeWorkers(): void {
  if (workers.size === 0) return;
  timer ??= setTimeout(() => {
    timer = undefined;
    for (const worker of workers) worker();
  }, 10);
  timer.unref();
}
