import pTimeout from "p-timeout";

export const health = (url: string) => pTimeout(fetch(url), { milliseconds: 1_000 });
