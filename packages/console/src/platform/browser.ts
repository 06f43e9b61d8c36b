// The only place of the console that reads the browser's clock, storage and preferences.

/** Milliseconds of a clock that only goes forward; survives changes of the wall clock. */
export const monotonicMs = (): number => performance.now();

export function readSetting(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the page works without
  }
}

export function writeSetting(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice then lasts as long as the page
  }
}
