const secretName = /(SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|COOKIE|AUTH|PRIVATE|KEY|DATABASE_URL|HEADERS)/i;

/**
 * Hides obvious secrets in a text: values of the given environment whose name sounds secret, passwords in URLs, bearer
 * tokens, `password=…` and the like.
 */
export function maskSecrets(text: string, environment: Record<string, string> = {}): string {
  let masked = text;
  for (const [name, value] of Object.entries(environment))
    if (value.length >= 6 && secretName.test(name)) masked = masked.replaceAll(value, "***");
  return masked
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, "$1:***@")
    .replace(/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, "$1 ***")
    .replace(/((?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, "$1***");
}
