import { readdir } from "node:fs/promises";
import path from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import plugin from "fastify-plugin";

export type FrontOptions = {
  /** Folder with `index.html`, as built by Vite. */
  root: string;
  /** Path prefixes that are never answered with the page. Default `/api`, `/v1`, `/otlp`, `/health`. */
  neverFallback?: readonly string[];
};

const NEVER_FALLBACK = ["/api", "/v1", "/otlp", "/health"];
/** Vite puts the content's hash into the name, so a new content has a new name. */
const HASHED_ASSET = /^assets\/.*-[\w-]{8}\.[a-z0-9]+$/;

const frontPlugin: FastifyPluginAsync<FrontOptions> = async (app, options) => {
  const files = await listFiles(options.root);
  if (!files.has("index.html")) {
    throw new Error(`${options.root} has no index.html: build the web page first`);
  }
  const neverFallback = options.neverFallback ?? NEVER_FALLBACK;
  await app.register(fastifyStatic, { root: options.root, serve: false, cacheControl: false });

  app.get("/*", async (request, reply) => {
    const file = fileOf(request.url);
    if (file !== null && file !== "index.html" && files.has(file)) {
      const immutable = HASHED_ASSET.test(file);
      reply.header("cache-control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
      return reply.sendFile(file);
    }
    const isPage = file === "" || file === "index.html";
    if (isPage || (file !== null && isNavigation(request) && !isBelow(`/${file}`, neverFallback))) {
      reply.header("cache-control", "no-store");
      return reply.type("text/html; charset=utf-8").sendFile("index.html");
    }
    return reply.callNotFound();
  });
};

/** `app.register(serveFront, { root })`: the built page; unknown paths become the page for navigations only. */
export const serveFront = plugin(frontPlugin, { name: "toban-front" });

/** Only listed files are served, so no path can leave the folder. */
async function listFiles(root: string): Promise<Set<string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map((entry) =>
      path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"),
    ),
  );
}

function fileOf(url: string): string | null {
  const end = url.search(/[?#]/);
  try {
    return decodeURIComponent((end < 0 ? url : url.slice(0, end)).slice(1));
  } catch {
    return null;
  }
}

/** Browsers ask for HTML when a person goes somewhere, and not for scripts, styles, images or `fetch`. */
function isNavigation(request: FastifyRequest): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}

function isBelow(pathname: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`));
}
