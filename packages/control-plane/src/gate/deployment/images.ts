export type Image = { name: string; tag?: string; digest?: string };

/** Splits `registry:5000/owner/app:tag@sha256:…`. */
export function parseImage(reference: string): Image {
  const [rest, digest] = reference.split("@", 2) as [string, string?];
  const slash = rest.lastIndexOf("/");
  const colon = rest.indexOf(":", slash + 1);
  const image: Image = { name: colon < 0 ? rest : rest.slice(0, colon) };
  if (colon >= 0) image.tag = rest.slice(colon + 1);
  if (digest) image.digest = digest;
  return image;
}

/** `moving`: names a branch or a channel. `unknown`: filled in at deployment, so the reference alone says nothing. */
export type Tagging = "pinned" | "latest" | "missing" | "moving" | "unknown";

const CHANNEL =
  /^(main|master|develop|dev|trunk|head|edge|nightly|canary|snapshot|unstable|rolling|stable|lts|current|mainline|release|prod|production|staging)$/i;

/** How far an image reference names one image; variables with a default count as their default. */
export function taggingOf(reference: string): Tagging {
  const plain = withDefaults(reference.trim());
  const { name, tag, digest } = parseImage(plain);
  // One that is cut short names nothing else either: it cannot be pulled.
  if (digest) return "pinned";
  if (isOpen(tag ?? "")) return "unknown";
  // A reference that is one variable may carry its own tag.
  if (tag === undefined) return isOpen(name.slice(name.lastIndexOf("/") + 1)) ? "unknown" : "missing";
  if (tag === "") return "missing";
  if (/^latest$/i.test(tag) || /^latest[-_]|[-_]latest$/i.test(tag)) return "latest";
  return CHANNEL.test(tag) ? "moving" : "pinned";
}

/** `${TAG:-1.2}` → `1.2`; `${TAG}` and `${TAG:?}` stay open. */
export const withDefaults = (value: string): string =>
  value.replace(/\$\{(\w+):?-([^${}]*)\}/g, (_, _name: string, fallback: string) => fallback);

const isOpen = (value: string) =>
  /\$[\w{(]|^<|\{\{|__\w+__|^(IMAGE|REPLACE|PLACEHOLDER|CHANGE)[A-Z_]*$/.test(value);

const DATASTORE =
  /^(postgres(ql)?|postgis|timescaledb(-ha)?|pgvector|mysql|mysql-server|mariadb|percona(-server)?|mongo(db)?|mongodb-community-server|redis(-stack)?(-server)?|valkey|keydb|dragonfly|elasticsearch|opensearch|cassandra|scylla|couchdb|couchbase|neo4j|influxdb|clickhouse(-server)?|cockroach|rabbitmq|kafka|cp-kafka|redpanda|nats|zookeeper|cp-zookeeper|etcd|minio|memcached|mssql|server|qdrant|weaviate|meilisearch|consul|vault)$/;

/** The last part of an image's name: `ghcr.io/acme/api:1` → `api`. */
export function shortName(reference: string): string {
  const { name } = parseImage(withDefaults(reference));
  return name.slice(name.lastIndexOf("/") + 1).toLowerCase();
}

/** Images whose containers hold data. */
export function isDatastore(reference: string | undefined): boolean {
  if (!reference) return false;
  const short = shortName(reference);
  if (short === "server") return /mssql/.test(reference);
  return DATASTORE.test(short);
}

/** Datastores that lose what people rely on; a memory cache does not. */
export const isDurableStore = (reference: string | undefined): boolean =>
  isDatastore(reference) &&
  !/^(memcached|redis|valkey|keydb|dragonfly|nats|consul)/.test(shortName(reference!));

const SIDECAR =
  /(^|[-_/])(envoy|istio-proxy|proxyv2|linkerd-proxy|cloud-sql-proxy|cloudsql-proxy|cloud_sql_proxy|otel|opentelemetry|adot|aws-otel-collector|aws-xray-daemon|xray|fluent-?bit|fluentd|log[-_]?router|aws-for-fluent-bit|datadog|agent|datadog-agent|vector|promtail|filebeat|telegraf|statsd|exporter|vault-agent|git-sync|oauth2-proxy|newrelic|sidecar|litestream)([-_/:@]|$)/i;

/** Helpers beside the container that serves. */
export const isSidecar = (name: string, image: string): boolean =>
  SIDECAR.test(name) || SIDECAR.test(parseImage(image).name);

const PUBLIC =
  /^(docker\.io\/|quay\.io\/|ghcr\.io\/|public\.ecr\.aws\/|mirror\.gcr\.io\/)?(library|nginx\w*|traefik|caddy|haproxy|grafana|prom|prometheus|jaegertracing|otel|open-?telemetry|bitnami|hashicorp|elastic|mailhog|axllent|maildev|dpage|adminer|phpmyadmin|localstack|minio|confluentinc|apache|keycloak|envoyproxy|kong|portainer|datadog|amazon|google|mcr|ory|oauth2-proxy|wiremock|mockserver|zaproxy|selenium|browserless|n8nio|gitea|sonarqube|verdaccio|redpandadata|provectuslabs|soketi|temporalio|metabase|unleashorg|cloudflare|tailscale)([/:@-]|$)/i;

/** An image that the team itself builds, as far as its name shows: it has an owner, and not one of public tools. */
export const isOwnImage = (reference: string): boolean => {
  const { name } = parseImage(withDefaults(reference));
  return name.includes("/") && !PUBLIC.test(name) && !isSidecar("", reference);
};
