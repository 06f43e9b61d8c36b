import https from "node:https";

export function post(host: string, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = https.request({ host, path, method: "POST" }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    request.end(body);
  });
}
