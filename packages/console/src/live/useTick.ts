import { useEffect, useState } from "react";
import { monotonicMs } from "../platform/browser.ts";

/** Monotonic ms, renewed every second, so that ages grow also when nothing arrives. */
export function useTick(): number {
  const [now, setNow] = useState(monotonicMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(monotonicMs()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
