/** The cookies of one browser for one site: session and the edge's affinity. */
export type CookieJar = {
  store(setCookie: string | string[] | undefined): void;
  header(): string | undefined;
};

export function cookieJar(): CookieJar {
  const cookies = new Map<string, string>();
  return {
    store(setCookie) {
      for (const line of setCookie === undefined ? [] : [setCookie].flat()) {
        const [pair = "", ...attributes] = line.split(";");
        const at = pair.indexOf("=");
        if (at < 1) continue;
        const name = pair.slice(0, at).trim();
        if (isExpired(attributes)) cookies.delete(name);
        else cookies.set(name, pair.slice(at + 1).trim());
      }
    },
    header() {
      if (cookies.size === 0) return undefined;
      return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    },
  };
}

/** Servers delete a cookie with an age of 0 or a date at the beginning of time. */
function isExpired(attributes: string[]): boolean {
  return attributes.some((attribute) => /^\s*(max-age=(0|-\d+)\s*$|expires=.*\b1970\b)/i.test(attribute));
}
