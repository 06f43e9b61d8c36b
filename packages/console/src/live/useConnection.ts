import { useEffect, useReducer } from "react";
import { getOverview, openStream, RequestFailed } from "../api/client.ts";
import { monotonicMs } from "../platform/browser.ts";
import { initialConnection, REOPEN_AFTER_MS, reduceConnection, retryDelayMs } from "./connection.ts";

/** Holds the live stream open for as long as the page is; after a failure asks why, waits, opens it again. */
export function useConnection() {
  const [connection, dispatch] = useReducer(reduceConnection, initialConnection);

  useEffect(() => {
    let state = initialConnection;
    const apply = (event: Parameters<typeof reduceConnection>[1]) => {
      state = reduceConnection(state, event);
      dispatch(event);
    };
    const stopping = new AbortController();
    let closeStream = () => {};
    let retry: ReturnType<typeof setTimeout> | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;

    const open = () => {
      watch();
      closeStream = openStream({
        overview(overview) {
          watch();
          apply({ type: "overview", overview, nowMs: monotonicMs() });
        },
        problem(refusal) {
          watch();
          apply({ type: "failed", failure: { status: 503, refusal } });
        },
        failed: () => void diagnose(),
      });
    };
    // A half-open connection gives no error; only silence tells.
    const watch = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => void diagnose(), REOPEN_AFTER_MS);
    };
    const diagnose = async () => {
      clearTimeout(watchdog);
      clearTimeout(retry);
      closeStream();
      try {
        const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(5_000)]);
        const overview = await getOverview(signal);
        if (stopping.signal.aborted) return;
        apply({ type: "overview", overview, nowMs: monotonicMs() });
        retry = setTimeout(open, 1_000);
      } catch (error) {
        if (stopping.signal.aborted) return;
        const failure =
          error instanceof RequestFailed
            ? { status: error.status, refusal: error.refusal }
            : { status: 0, refusal: null };
        apply({ type: "failed", failure });
        retry = setTimeout(() => void diagnose(), retryDelayMs(state));
      }
    };

    open();
    return () => {
      stopping.abort();
      clearTimeout(retry);
      clearTimeout(watchdog);
      closeStream();
    };
  }, []);

  return connection;
}
