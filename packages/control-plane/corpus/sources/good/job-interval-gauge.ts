import { Gauge } from "prom-client";

const lag = new Gauge({ name: "event_loop_lag_ms", help: "lag" });
let last = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  lag.set(now - last - 1000);
  last = now;
}, 1000);
timer.unref();
