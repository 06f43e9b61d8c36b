import { put } from "./remote.js";

export async function upload(path: string): Promise<void> {
  try {
    await put(path);
  } catch {
    await upload(path);
  }
}
