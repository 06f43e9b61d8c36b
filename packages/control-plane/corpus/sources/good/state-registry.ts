type Handler = (payload: unknown) => Promise<void>;
const handlers = new Map<string, Handler>();

export function registerHandler(type: string, handler: Handler) {
  if (handlers.has(type)) throw new Error(`two handlers for ${type}`);
  handlers.set(type, handler);
}

export const handlerOf = (type: string) => handlers.get(type);
