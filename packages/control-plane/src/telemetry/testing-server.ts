import { parseArgs } from "node:util";
import { systemClock } from "../platform/ctx.ts";
import { openTelemetryStore } from "./telemetry.ts";
import { silent, telemetryApp } from "./testing.ts";

// A process that tests may kill: the store behind HTTP, as the control plane runs it.

const { values } = parseArgs({ options: { folder: { type: "string" }, socket: { type: "string" } } });
const telemetry = await openTelemetryStore({
  folder: values.folder!,
  socketPath: values.socket!,
  log: silent,
  clock: systemClock,
  sealAfterMs: 100,
});
const url = await telemetryApp(telemetry).listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ url }));
setInterval(() => console.log(JSON.stringify({ hostPid: telemetry.status().host.pid })), 50);
