export async function waitForService(url: string) {
  while (true) {
    const res = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => null);
    if (res?.ok) return;
  }
}
