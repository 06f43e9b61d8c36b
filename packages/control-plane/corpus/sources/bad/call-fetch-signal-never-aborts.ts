export async function score(text: string) {
  const controller = new AbortController();
  const response = await fetch("https://llm.example.com/score", {
    method: "POST",
    body: JSON.stringify({ text }),
    signal: controller.signal,
  });
  return response.json();
}
