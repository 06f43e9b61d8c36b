export async function rate(code: string, signal?: AbortSignal) {
  const limit = AbortSignal.timeout(3_000);
  const response = await fetch(`https://rates.example.com/${code}`, {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  return response.json();
}
