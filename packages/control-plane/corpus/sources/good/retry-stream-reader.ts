export async function text(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let out = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return out + decoder.decode();
    try {
      out += decoder.decode(value, { stream: true });
    } catch (error) {
      throw new Error("not UTF-8", { cause: error });
    }
  }
}
