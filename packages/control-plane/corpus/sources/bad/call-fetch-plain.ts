export async function postalCode(code: string) {
  const response = await fetch(`https://postal.example.jp/v1/${code}`, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`postal: ${response.status}`);
  return response.json();
}
