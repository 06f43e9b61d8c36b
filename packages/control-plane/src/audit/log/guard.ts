import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Tx } from "../../platform/database.ts";
import { refusalOf, unavailable } from "../../platform/errors.ts";
import type { AuditClass } from "../record/event.ts";
import { inconsistency, type KnownHead } from "./consistency.ts";
import { type AuditLogDeps, CLASSES, type Head } from "./types.ts";

export type Divergence = {
  tenant: string;
  class: AuditClass;
  reason: string;
  /** What was kept outside, or signed by this process; null when the tree is in itself wrong. */
  anchored: string | null;
  since: Date;
};

/** What is known of one tree from outside the database; taken before the database is read, so it can't be newer. */
export type Outside = { own: KnownHead | undefined; notes: Map<string, string>; isSuspect: boolean };

type Memory = {
  /** The head that this process signed or checked last. */
  head?: KnownHead;
  /** By sink: the newest note that is known to be of this tree's past. */
  checked: Map<string, string>;
  /** By sink that is asked in the background: its newest note. */
  remote: Map<string, string>;
  isSuspect?: boolean;
};

export type Guard = ReturnType<typeof createGuard>;
type GuardDeps = Pick<AuditLogDeps, "keys" | "sinks" | "folder" | "log" | "clock">;

/**
 * Decides whether a tree may be signed: it must be an extension of what this process signed and of what the sinks
 * have. The database is not believed about itself. A tree that is refused stays as it is, and so does its queue.
 */
export function createGuard(deps: GuardDeps) {
  const trees = new Map<string, Memory>();
  const refused = new Map<string, Divergence>();
  const keyOf = (tenant: string, auditClass: AuditClass) => `${tenant}/${auditClass}`;
  const memoryOf = (tenant: string, auditClass: AuditClass): Memory => {
    const key = keyOf(tenant, auditClass);
    const memory: Memory = trees.get(key) ?? { checked: new Map(), remote: new Map() };
    trees.set(key, memory);
    return memory;
  };

  /** Asks the sinks that answer at once; the tenant waits when none of them can be read. */
  const before = async (tenant: string): Promise<Map<AuditClass, Outside>> => {
    const local = deps.sinks.filter((sink) => sink.isLocal && sink.last);
    const outside = new Map<AuditClass, Outside>();
    for (const auditClass of CLASSES) {
      const memory = memoryOf(tenant, auditClass);
      const seen: Outside = {
        own: memory.head,
        notes: new Map(memory.remote),
        isSuspect: memory.isSuspect === true,
      };
      const answers = await Promise.allSettled(
        local.map(async (sink) => ({ name: sink.name, note: await sink.last?.(tenant, auditClass) })),
      );
      for (const answer of answers) {
        if (answer.status === "fulfilled" && answer.value.note !== undefined) {
          seen.notes.set(answer.value.name, answer.value.note);
        }
      }
      const failed = answers.find((answer) => answer.status === "rejected");
      if (failed && answers.every((answer) => answer.status === "rejected")) throw unreadable(failed.reason);
      outside.set(auditClass, seen);
    }
    return outside;
  };

  /** Asks the sinks that are far away; what does not answer is asked again at the next turn. */
  const refresh = async (tenant: string, auditClass: AuditClass): Promise<void> => {
    for (const sink of deps.sinks.filter((one) => !one.isLocal && one.last)) {
      const note = await sink.last?.(tenant, auditClass).catch((error) => {
        deps.log.warn({ sink: sink.name, ...refusalOf(error) }, "an anchor sink cannot be read");
        return undefined;
      });
      if (note !== undefined) memoryOf(tenant, auditClass).remote.set(sink.name, note);
    }
  };

  const refuse = async (divergence: Divergence, head: Head | undefined): Promise<void> => {
    const key = keyOf(divergence.tenant, divergence.class);
    const known = refused.get(key);
    if (known?.reason === divergence.reason && known.anchored === divergence.anchored) return;
    refused.set(key, divergence);
    const { tenant, class: auditClass, reason, anchored } = divergence;
    const remedy =
      "Restore the audit tables; both heads are in diverged.jsonl. What is queued is kept and sealed then.";
    deps.log.error(
      { tenant, class: auditClass, reason, remedy },
      "a tree of the audit log is not signed any more",
    );
    const database = head && { size: head.size, root: head.root.toString("base64"), note: head.note };
    const line = {
      at: deps.clock.now(),
      tenant,
      class: auditClass,
      reason,
      anchored,
      database: database ?? null,
    };
    try {
      await mkdir(deps.folder, { recursive: true, mode: 0o700 });
      await appendFile(path.join(deps.folder, "diverged.jsonl"), `${JSON.stringify(line)}\n`, {
        mode: 0o600,
        flush: true,
      });
    } catch (error) {
      // The tree stays refused; the next look writes it down.
      refused.set(key, { ...divergence, reason: `${reason} (not written down yet)` });
      deps.log.error({ error }, "diverged.jsonl cannot be written");
    }
  };

  return {
    before,
    refresh,
    /** Whether this head may be extended and anchored. In the ordinary case nothing is read for it. */
    async check(
      tx: Tx,
      tenant: string,
      auditClass: AuditClass,
      head: Head | undefined,
      outside: Outside,
    ): Promise<boolean> {
      const memory = memoryOf(tenant, auditClass);
      const isKnown =
        !outside.isSuspect && head !== undefined && outside.own !== undefined && isSame(head, outside.own);
      const notes = [...outside.notes].filter(
        ([sink, note]) => !isKnown || memory.checked.get(sink) !== note,
      );
      const fault =
        isKnown && notes.length === 0
          ? undefined
          : await inconsistency(tx, deps.keys, {
              tenant,
              auditClass,
              head,
              isKnown,
              own: outside.own,
              notes,
            });
      if (fault) {
        await refuse({ tenant, class: auditClass, since: deps.clock.now(), ...fault }, head);
        return false;
      }
      for (const [sink, note] of notes) memory.checked.set(sink, note);
      if (head && (memory.head === undefined || memory.head.size <= head.size)) memory.head = knownOf(head);
      delete memory.isSuspect;
      if (refused.delete(keyOf(tenant, auditClass))) {
        deps.log.warn({ tenant, class: auditClass }, "a tree of the audit log is signed again");
      }
      return true;
    },
    /** After the commit: what is signed is what the next head has to extend. */
    signed(tenant: string, head: Pick<Head, "class" | "size" | "root" | "note">): void {
      memoryOf(tenant, head.class).head = knownOf(head);
    },
    anchored(tenant: string, auditClass: AuditClass, sink: string, note: string): void {
      const memory = memoryOf(tenant, auditClass);
      memory.checked.set(sink, note);
      if (memory.remote.has(sink)) memory.remote.set(sink, note);
    },
    /** The next check reads the whole head anew. */
    suspect(tenant: string, auditClass: AuditClass): void {
      memoryOf(tenant, auditClass).isSuspect = true;
    },
    /** A tenant that was purged between two looks at it is nobody's concern. */
    retain(tenants: string[]): void {
      if (refused.size === 0) return;
      const present = new Set(tenants);
      for (const [key, { tenant }] of refused) if (!present.has(tenant)) refused.delete(key);
    },
    refusals: (): Divergence[] => [...refused.values()],
  };
}

const isSame = (head: Head, known: KnownHead) => head.size === known.size && head.root.equals(known.root);

const knownOf = (head: Pick<Head, "size" | "root" | "note">): KnownHead => ({
  size: head.size,
  root: head.root,
  note: head.note,
});

const unreadable = (cause: unknown) =>
  unavailable(
    "audit_anchors_unreadable",
    "None of the folders with anchors can be read, so nothing of the audit log is signed.",
    "Give the control plane access to its anchor folders again; what is queued is sealed then.",
    cause,
  );
