import { Command } from "commander";
import { startApp } from "../app/app.ts";
import { readConfig } from "../app/config.ts";
import { createLogger } from "../platform/log.ts";

export const serveCommand = () =>
  new Command("serve").description("run the control plane alone (`up` starts it)").action(async () => {
    const stopSignal = new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
      // The supervisor that started us is gone: stop as if told to.
      process.once("disconnect", () => resolve());
    });
    process.channel?.unref();
    const app = await startApp(readConfig(), createLogger("control-plane"));
    await stopSignal;
    await app.stop();
    process.exit(0);
  });
