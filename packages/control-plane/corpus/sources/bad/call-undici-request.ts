import { request } from "undici";

export async function token(url: string, form: string) {
  const { body } = await request(url, { method: "POST", body: form });
  return body.json();
}
