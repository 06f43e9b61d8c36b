import { copyFile, rename, stat, truncate } from "node:fs/promises";

export const LOG_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Bounds a log to twice `maxBytes`: the content moves to `<file>.1` and the file is emptied in place. The instance
 * holds the file open in append mode and knows nothing of it; lines written during the copy may be lost.
 */
export async function rotate(file: string, maxBytes = LOG_BYTES_MAX): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= maxBytes) return false;
  await copyFile(file, `${file}.copy`);
  await truncate(file, 0);
  await rename(`${file}.copy`, `${file}.1`);
  return true;
}
