import axios, { type AxiosRequestConfig } from "axios";

export async function submit(url: string, body: unknown) {
  const config: AxiosRequestConfig = { url, method: "POST", data: body, headers: { "x-app": "ringi" } };
  return (await axios(config)).data;
}
