import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type StoredObject = { body: string; mode: string; until: string };

/**
 * What Amazon documents of S3's PutObject (Object Lock, conditional writes, checksums), GetObject and ListObjectsV2, for
 * one bucket with Object Lock, path-style. It computes signatures from what arrived, apart from the code under test.
 */
export async function startS3(bucket: string, account: { accessKeyId: string; secretAccessKey: string }) {
  const objects = new Map<string, StoredObject>();
  const requests: { method: string; key: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const url = new URL(request.url!, "http://s3");
    const key = decodeURIComponent(url.pathname.slice(bucket.length + 2));
    requests.push({ method: request.method!, key, headers: request.headers });
    const [status, answer] = respond(request, url, key, body);
    response
      .writeHead(status, { "content-type": status === 200 ? "text/plain" : "application/xml" })
      .end(answer);
  });

  function respond(request: IncomingMessage, url: URL, key: string, body: string): [number, string] {
    if (!isSigned(request, url, body, account)) return error(403, "SignatureDoesNotMatch");
    if (!url.pathname.startsWith(`/${bucket}/`)) return error(404, "NoSuchBucket");
    if (request.method === "GET" && key === "") return [200, list(url)];
    if (request.method === "GET") {
      const object = objects.get(key);
      return object ? [200, object.body] : error(404, "NoSuchKey");
    }
    return put(request, key, body);
  }

  function put({ headers }: IncomingMessage, key: string, body: string): [number, string] {
    const checksum = headers["x-amz-checksum-sha256"];
    const mode = headers["x-amz-object-lock-mode"];
    const until = headers["x-amz-object-lock-retain-until-date"];
    if ((mode === undefined) !== (until === undefined)) return error(400, "InvalidArgument");
    if (mode !== undefined && checksum === undefined && headers["content-md5"] === undefined) {
      return error(400, "InvalidRequest");
    }
    if (checksum !== undefined && checksum !== hash("sha256", body, "base64")) return error(400, "BadDigest");
    if (until !== undefined && !(Date.parse(String(until)) > Date.now()))
      return error(400, "InvalidArgument");
    if (headers["if-none-match"] === "*" && objects.has(key)) return error(412, "PreconditionFailed");
    if (objects.has(key)) return error(403, "AccessDenied");
    objects.set(key, { body, mode: String(mode), until: String(until) });
    return [200, ""];
  }

  function list(url: URL): string {
    const {
      prefix = "",
      "start-after": after = "",
      "max-keys": most = "1000",
    } = Object.fromEntries(url.searchParams);
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const contents = keys.slice(0, Number(most)).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    return `<?xml version="1.0"?><ListBucketResult><Name>${bucket}</Name>${contents.join("")}</ListBucketResult>`;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const error = (status: number, code: string): [number, string] => [
  status,
  `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
];

/** Every header that S3 insists on is signed, the payload is what was signed, and it was signed within 15 minutes. */
function isSigned(
  request: IncomingMessage,
  url: URL,
  body: string,
  account: { accessKeyId: string; secretAccessKey: string },
): boolean {
  const [, credential, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  if (!credential || !names || !signature) return false;
  const [accessKeyId, day, region, service, end] = credential.split("/");
  const time = String(request.headers["x-amz-date"]);
  const sent = Date.parse(time.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
  const signed = names.split(";");
  const needed = Object.keys(request.headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  if (accessKeyId !== account.accessKeyId || end !== "aws4_request" || !time.startsWith(day!)) return false;
  if (!(Math.abs(Date.now() - sent) < 900_000) || !needed.every((name) => signed.includes(name)))
    return false;
  if (request.headers["x-amz-content-sha256"] !== hash("sha256", body, "hex")) return false;
  const query = url.search.slice(1).split("&").filter(Boolean).sort().join("&");
  const lines = signed.map((name) => `${name}:${request.headers[name]}\n`).join("");
  const canonical = `${request.method}\n${url.pathname}\n${query}\n${lines}\n${names}\n${hash("sha256", body, "hex")}`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const mac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const key = mac(mac(mac(mac(`AWS4${account.secretAccessKey}`, day!), region!), service!), "aws4_request");
  const right = mac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonical, "hex")}`);
  return timingSafeEqual(right, Buffer.from(signature, "hex"));
}
