import { request } from "node:http";

/** Whether the instance answers its health path with 2xx within `timeoutMs`. Never throws. */
export function probe(port: number, path: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    // A fresh connection each time: an instance that accepts none is not healthy.
    const call = request({ host: "127.0.0.1", port, path, agent: false, headers: { connection: "close" } });
    const timer = setTimeout(() => call.destroy(), timeoutMs);
    const settle = (passed: boolean) => {
      clearTimeout(timer);
      resolve(passed);
      call.destroy();
    };
    call.on("response", (response) => {
      response.on("error", () => {});
      settle(response.statusCode! >= 200 && response.statusCode! < 300);
    });
    call.on("error", () => settle(false));
    call.on("close", () => settle(false));
    call.end();
  });
}
