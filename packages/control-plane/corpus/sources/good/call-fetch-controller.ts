export async function post(url: string, body: string) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 5_000);
  try {
    return await fetch(url, { method: "POST", body, signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}
