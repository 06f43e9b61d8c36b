type Parts = {
  /** Lines under `spec`. */
  spec?: string[];
  /** Lines under the pod's `spec`. */
  pod?: string[];
  /** Lines of the container. */
  container?: string[];
  image?: string;
  replicas?: number | null;
  readiness?: boolean;
};

const indent = (lines: string[] | undefined, width: number): string[] =>
  (lines ?? []).map((line) => " ".repeat(width) + line);

/** A Deployment that nothing blocks, apart from what `parts` changes. */
export function deployment(parts: Parts = {}): string {
  const { image = "ghcr.io/acme/api:1.4.2", replicas = 3, readiness = true } = parts;
  return [
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata:",
    "  name: api",
    "spec:",
    ...(replicas === null ? [] : [`  replicas: ${replicas}`]),
    "  selector:",
    "    matchLabels: { app: api }",
    ...indent(parts.spec, 2),
    "  template:",
    "    metadata:",
    "      labels: { app: api }",
    "    spec:",
    ...indent(parts.pod, 6),
    "      containers:",
    "        - name: api",
    `          image: ${image}`,
    "          ports: [{ containerPort: 8080 }]",
    ...(readiness ? ["          readinessProbe: { httpGet: { path: /ready, port: 8080 } }"] : []),
    ...indent(parts.container, 10),
    "",
  ].join("\n");
}

const DIGEST = "node:22.11.0-slim";

/** A Dockerfile that nothing blocks, with `lines` before its command. */
export const dockerfile = (
  lines: string[] = [],
  command = 'CMD ["node", "server.js"]',
  from = DIGEST,
): Record<string, string> => ({
  Dockerfile: [`FROM ${from}`, "WORKDIR /app", ...lines, "USER node", command, ""].join("\n"),
});

/** A compose file of one service that nothing blocks. */
export const compose = (lines: string[] = [], rest: string[] = []): Record<string, string> => ({
  "compose.yaml": [
    "services:",
    "  api:",
    "    image: ghcr.io/acme/api:1.4.2",
    "    restart: unless-stopped",
    "    healthcheck:",
    '      test: ["CMD", "curl", "-f", "http://localhost:8080/ready"]',
    ...indent(lines, 4),
    ...rest,
    "",
  ].join("\n"),
});

const CHECKOUT = "actions/checkout@08eba0b27e820071cde6df949e0beb9ba4906955 # v4.3.0";

/** A workflow with one job of the given steps. */
export const workflow = (steps: string[], options: { on?: string; job?: string[]; top?: string[] } = {}) => ({
  ".github/workflows/ci.yml": [
    "name: CI",
    `on: ${options.on ?? "{ push: { branches: [main] }, pull_request: { branches: [main] } }"}`,
    ...(options.top ?? ["permissions: { contents: read }"]),
    "jobs:",
    "  work:",
    "    runs-on: ubuntu-24.04",
    "    timeout-minutes: 15",
    ...indent(options.job, 4),
    "    steps:",
    `      - uses: ${CHECKOUT}`,
    ...indent(steps, 6),
    "",
  ].join("\n"),
});

/** A CronJob that nothing blocks, apart from what is changed. */
export function cronJob(
  options: { schedule?: string; spec?: string[]; args?: string; job?: string[]; restart?: string } = {},
): string {
  return [
    "apiVersion: batch/v1",
    "kind: CronJob",
    "metadata: { name: report }",
    "spec:",
    `  schedule: "${options.schedule ?? "0 3 * * *"}"`,
    ...indent(options.spec ?? ["concurrencyPolicy: Forbid"], 2),
    "  jobTemplate:",
    "    spec:",
    ...indent(options.job ?? ["backoffLimit: 2", "activeDeadlineSeconds: 1800"], 6),
    "      template:",
    "        spec:",
    `          restartPolicy: ${options.restart ?? "Never"}`,
    "          containers:",
    "            - name: report",
    "              image: ghcr.io/acme/report:2.0.1",
    `              args: ${options.args ?? '["report", "--day", "yesterday"]'}`,
    "",
  ].join("\n");
}

/** An ECS service and its task in CloudFormation; `deployment` are lines of DeploymentConfiguration. */
export const ecs = (options: { count?: number; deployment?: string[]; container?: string[] } = {}) => ({
  "template.yaml": [
    "AWSTemplateFormatVersion: '2010-09-09'",
    "Resources:",
    "  Service:",
    "    Type: AWS::ECS::Service",
    "    Properties:",
    "      Cluster: !Ref Cluster",
    "      TaskDefinition: !Ref Task",
    `      DesiredCount: ${options.count ?? 2}`,
    "      DeploymentConfiguration:",
    ...indent(
      options.deployment ?? [
        "DeploymentCircuitBreaker: { Enable: true, Rollback: true }",
        "MinimumHealthyPercent: 100",
      ],
      8,
    ),
    "  Task:",
    "    Type: AWS::ECS::TaskDefinition",
    "    Properties:",
    "      Family: api",
    "      ContainerDefinitions:",
    "        - Name: api",
    "          Image: 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/api:1.4.2",
    "          PortMappings: [{ ContainerPort: 8080 }]",
    ...indent(
      options.container ?? [
        'HealthCheck: { Command: ["CMD-SHELL", "curl -f http://localhost:8080/ready || exit 1"] }',
      ],
      10,
    ),
    "",
  ].join("\n"),
});
