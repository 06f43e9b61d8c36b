// How proofs reach RingiFlow's front: a person of the development sign-in, and every route that the BFF has.

export const front = {
  service: "bff",
  signIn: { path: "/api/session", body: { userId: "hinode-09" }, tokenField: "csrfToken" },
  session: { path: "/api/session", cookie: "__Host-session" },
  csrfHeader: "x-csrf-token",
  harmless: "/api/about",
};

/** An id that is well formed and belongs to no request. */
const nobody = "00000000-0000-4000-8000-000000000000";
const command = (name: string) => `/api/requests/${nobody}/${name}`;

/** Every route that changes something, with a path of it. Commands share one route; each is tried. */
export const changingRoutes = [
  { method: "POST", route: "/api/session", path: "/api/session" },
  { method: "DELETE", route: "/api/session", path: "/api/session" },
  { method: "POST", route: "/api/requests", path: "/api/requests" },
  { method: "POST", route: "/api/requests/:id/:command", path: command("approve") },
];

const key = ["proof-0123456789", "", "short", "with space", "x".repeat(129)];

/** Every route that takes input. `#` becomes what marks the proof's own texts. */
export const inputRoutes = [
  {
    method: "POST",
    route: "/api/session",
    path: "/api/session",
    body: { userId: "#" },
  },
  {
    method: "POST",
    route: "/api/requests",
    path: "/api/requests",
    body: { title: "#", body: "#", category: "other", amountYen: 1, attachments: [] },
    optional: ["attachments"],
    headers: { "idempotency-key": key },
  },
  {
    method: "POST",
    route: "/api/requests/:id/:command",
    path: command("approve"),
    body: { expectedVersion: 1, comment: "#" },
    optional: ["comment"],
    headers: { "idempotency-key": key },
  },
  {
    method: "GET",
    route: "/api/requests",
    path: "/api/requests",
    query: {
      view: ["everything", "__proto__"],
      limit: ["0", "-1", "1.5", "many", "201"],
      q: ["a\u0000b", "x".repeat(201)],
      order: ["title"],
    },
  },
  { method: "GET", route: "/api/requests/:id", path: `/api/requests/${nobody}` },
];

/** Routes that read nothing from a request but its session. */
export const inputlessRoutes = [
  { method: "GET", route: "/api/session" },
  { method: "DELETE", route: "/api/session" },
  { method: "GET", route: "/api/users" },
  { method: "GET", route: "/api/about" },
  { method: "GET", route: "/api/summary" },
];

/** One request for each kind of answer, with the status that makes it this kind. */
export const answers = [
  { name: "API", status: 200, path: "/api/users" },
  { name: "not signed in", status: 401, path: "/api/requests" },
  { name: "forged change", status: 403, method: "POST", path: "/api/requests", body: {} },
  { name: "unknown API path", status: 404, path: "/api/none" },
  { name: "unknown file", status: 404, path: "/assets/none.js" },
  { name: "unknown page", status: 200, path: "/requests/none", headers: { accept: "text/html" } },
  { name: "unreadable path", status: 400, path: "/api/%" },
  { name: "health", status: 200, path: "/health/live" },
];
