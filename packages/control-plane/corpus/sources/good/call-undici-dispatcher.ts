import { Agent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new Agent({ headersTimeout: 5_000, bodyTimeout: 10_000, connectTimeout: 2_000 }));
export const rates = () => fetch("https://rates.example.com/today").then((response) => response.json());
