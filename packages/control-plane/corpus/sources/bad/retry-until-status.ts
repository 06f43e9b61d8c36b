import { payments } from "./payments";

export async function confirm(id: string) {
  let status = "pending";
  while (status !== "succeeded") {
    try {
      status = (await payments.get(id)).status;
    } catch {
      // もう一度
    }
    await new Promise((r) => setTimeout(r, 1000));
  }
  return status;
}
