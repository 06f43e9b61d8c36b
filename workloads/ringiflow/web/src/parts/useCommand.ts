import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type CommandName, RequestFailed, type SubmitBody, sendCommand, submitRequest } from "../api.ts";
import { createIntent } from "../intent.ts";
import { newId } from "../platform/browser.ts";
import { useCaller } from "./shared.tsx";

export type Wish =
  | { name: "submit"; contents: SubmitBody }
  | {
      name: CommandName;
      id: string;
      body: { expectedVersion: number; comment?: string } & Partial<SubmitBody>;
    };

const mayHaveHappened = (error: Error) =>
  error instanceof RequestFailed && [0, 502, 503, 504].includes(error.status);

/** Sends what a person wants; every attempt at the same wish carries the same idempotency key. */
export function useCommand() {
  const caller = useCaller();
  const queries = useQueryClient();
  const intent = useRef<ReturnType<typeof createIntent>>(null);
  intent.current ??= createIntent(newId);
  const keys = intent.current;
  return useMutation({
    mutationFn: (wish: Wish) => {
      const key = keys.keyFor(wish);
      return wish.name === "submit"
        ? submitRequest(caller, wish.contents, key)
        : sendCommand(caller, wish.id, wish.name, wish.body, key);
    },
    retry: (attempts, error) => attempts < 2 && mayHaveHappened(error),
    retryDelay: 600,
    onSuccess: () => keys.granted(),
    onError: (error) => {
      const status = error instanceof RequestFailed ? error.status : 0;
      // Signed out, or the token is of an older session: ask again who is here.
      if (status === 401 || status === 403) void queries.invalidateQueries({ queryKey: ["session"] });
    },
    onSettled: () =>
      Promise.all(
        ["requests", "request", "summary"].map((name) => queries.invalidateQueries({ queryKey: [name] })),
      ),
  });
}

export const isVersionConflict = (error: Error | null): boolean =>
  error instanceof RequestFailed && error.status === 409 && error.refusal?.code === "version_conflict";
