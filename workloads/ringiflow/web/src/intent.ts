/**
 * The idempotency key of one thing a person wants. Sending the same contents again (a retry, a second click
 * after an error) keeps the key, so the server does it once; other contents are another wish.
 */
export type Intent = {
  keyFor(contents: unknown): string;
  /** The wish was granted: the next one is new, even with the same contents. */
  granted(): void;
};

export function createIntent(newId: () => string): Intent {
  let held: { contents: string; key: string } | null = null;
  return {
    keyFor(contents) {
      const serialised = JSON.stringify(contents);
      if (held?.contents !== serialised) held = { contents: serialised, key: newId() };
      return held.key;
    },
    granted() {
      held = null;
    },
  };
}
