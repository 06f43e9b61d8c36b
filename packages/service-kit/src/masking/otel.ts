import type { Attributes } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { isSecretKey, MASK, maskText } from "./index.ts";

/** Masks what a service wrote into a span, its events and its status, before any exporter sees it. */
export function maskingSpans(): SpanProcessor {
  return {
    onStart: () => {},
    onEnding(span) {
      span.setAttributes(masked(span.attributes));
      for (const event of span.events) {
        if (event.attributes) Object.assign(event.attributes, masked(event.attributes));
      }
      const { code, message } = span.status;
      if (message !== undefined) span.setStatus({ code, message: maskText(message) });
    },
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

/** Only the attributes that change. */
function masked(attributes: Attributes): Attributes {
  const changes: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (isSecretKey(key)) changes[key] = MASK;
    else if (typeof value === "string") {
      const text = maskText(value);
      if (text !== value) changes[key] = text;
    } else if (Array.isArray(value) && value.some((one) => typeof one === "string")) {
      changes[key] = value.map((one) => (typeof one === "string" ? maskText(one) : String(one)));
    }
  }
  return changes;
}
