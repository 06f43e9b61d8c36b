const BASE = import.meta.env.VITE_API_URL;
export async function api(path: string) {
  const response = await fetch(`${BASE}${path}`, { credentials: "include" });
  return response.json();
}
