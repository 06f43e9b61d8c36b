// AWS Signature Version 4 of one request with a signed payload.
import { createHmac, hash } from "node:crypto";

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };

export type Unsigned = {
  method: string;
  url: URL;
  /** Lower-case names. `host`, `x-amz-date` and the payload's digest are added. */
  headers: Record<string, string>;
  body: string;
};

/** The headers to send: those given, those that were added, and `authorization` over all of them. */
export function signRequest(
  request: Unsigned,
  scope: { region: string; service: string; at: Date },
  credentials: Credentials,
): Record<string, string> {
  const time = scope.at.toISOString().replace(/[-:]|\.\d+/g, "");
  const digest = hash("sha256", request.body, "hex");
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    "x-amz-content-sha256": digest,
    "x-amz-date": time,
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    request.url.pathname.split("/").map(encode).join("/"),
    canonicalQuery(request.url),
    ...names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    digest,
  ].join("\n");
  const credentialScope = `${time.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, credentialScope, hash("sha256", canonical, "hex")].join("\n");
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of credentialScope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(text).digest("hex");
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credentialScope},SignedHeaders=${names.join(";")},Signature=${signature}`,
  };
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponentStrictly(name)}=${encodeURIComponentStrictly(value)}`)
    .sort()
    .join("&");
}

/** A path's part, encoded once however much of it was encoded already. */
const encode = (part: string) => encodeURIComponentStrictly(decodeURIComponent(part));

const encodeURIComponentStrictly = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
