export async function call(url: string, body: unknown) {
  const options: RequestInit = { method: "PUT", body: JSON.stringify(body) };
  options.signal = AbortSignal.timeout(2_000);
  return fetch(url, options);
}
