import type { Example } from "../../check.ts";

type Schema = Record<string, unknown>;

/** An order as most examples have it; `change` replaces properties, `more` other keywords. */
export function order(change: Schema = {}, more: Schema = {}): Schema {
  const properties: Schema = {
    orderId: { type: "string" },
    amount: { type: "integer" },
    note: { type: "string" },
    ...change,
  };
  for (const [name, value] of Object.entries(properties)) if (value === undefined) delete properties[name];
  return { $id: "order-created", type: "object", properties, required: ["orderId", "amount"], ...more };
}

/** One file in each version; the last one is the revision. */
export function versions(...schemas: Schema[]): Example {
  const revision = schemas.at(-1);
  const bases = schemas.slice(0, -1).map((schema, index) => [`base-${index + 1}/order-created.json`, schema]);
  const all = Object.fromEntries([...bases, ["revision/order-created.json", revision]]) as Record<
    string,
    Schema
  >;
  return Object.fromEntries(
    Object.entries(all).map(([path, schema]) => [path, JSON.stringify(schema, null, 2)]),
  );
}

const API = `asyncapi: 3.0.0
info: { title: Orders, version: 1.0.0 }
defaultContentType: application/json
channels:
  orders:
    address: orders.v1
    bindings: { kafka: { topic: orders.v1, partitions: 6 } }
    messages:
      OrderCreated:
        name: OrderCreated
        correlationId: { location: "$message.header#/correlation" }
        bindings: { kafka: { key: { type: string } } }
        payload: { type: object, required: [id], properties: { id: { type: string } } }
      OrderPaid:
        payload: { type: object, required: [id], properties: { id: { type: string } } }
operations:
  sendOrders:
    action: send
    channel: { $ref: "#/channels/orders" }
`;

/** An AsyncAPI document against itself with `from` replaced by `to`. */
export function asyncApi(from: string | RegExp, to: string): Example {
  return { "base-1/asyncapi.yaml": API, "revision/asyncapi.yaml": API.replace(from, to) };
}
