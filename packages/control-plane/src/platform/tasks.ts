import { refusalOf } from "./errors.ts";
import type { Logger } from "./log.ts";

/** Background work: idempotent, without input, safe on several replicas at once. */
export type Task = {
  name: string;
  /** Pause between the end of one run and the start of the next. */
  periodMs: number;
  run(): Promise<void>;
};

export type TaskStatus = {
  name: string;
  periodMs: number;
  runs: number;
  failures: number;
  lastStartedAt: Date | null;
  lastEndedAt: Date | null;
  lastError: string | null;
};

export type TaskLoop = {
  /** Runs the task now, or again at once if it is running. */
  nudge(name: string): void;
  status(): TaskStatus[];
  /** Resolves when every running task has ended; starts none. */
  stop(): Promise<void>;
};

export function startTasks(tasks: Task[], clock: { now(): Date }, log: Logger): TaskLoop {
  const loops = new Map(tasks.map((task) => [task.name, startTask(task, clock, log)]));
  return {
    nudge: (name) => loops.get(name)?.nudge(),
    status: () => [...loops.values()].map((loop) => loop.status),
    stop: async () => {
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

function startTask(task: Task, clock: { now(): Date }, log: Logger) {
  const status: TaskStatus = {
    name: task.name,
    periodMs: task.periodMs,
    runs: 0,
    failures: 0,
    lastStartedAt: null,
    lastEndedAt: null,
    lastError: null,
  };
  let stopped = false;
  let again = false;
  let wake: () => void = () => {};

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, task.periodMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async () => {
    while (!stopped) {
      again = false;
      status.lastStartedAt = clock.now();
      try {
        await task.run();
        status.lastError = null;
      } catch (error) {
        status.failures++;
        const refusal = refusalOf(error);
        status.lastError = `${refusal.code}: ${refusal.reason}`;
        if (refusal.kind === "unavailable") log.warn({ task: task.name, ...refusal }, "task waits");
        else log.error({ task: task.name, error }, "task failed");
      }
      status.runs++;
      status.lastEndedAt = clock.now();
      if (!again && !stopped) await pause();
    }
  };
  const ended = loop();

  return {
    status,
    nudge() {
      again = true;
      wake();
    },
    async stop() {
      stopped = true;
      wake();
      await ended;
    },
  };
}
