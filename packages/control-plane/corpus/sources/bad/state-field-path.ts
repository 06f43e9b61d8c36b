import { readFileSync, writeFileSync, existsSync } from "fs";

export interface Task { id: number; title: string; done: boolean }

export class TaskStore {
  constructor(private readonly file = "tasks.json") {}

  all(): Task[] {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, "utf-8")) : [];
  }

  save(task: Task) {
    const tasks = this.all().filter((t) => t.id !== task.id);
    tasks.push(task);
    writeFileSync(this.file, JSON.stringify(tasks));
  }
}
