const a = "https://example.com/path?token=";
const b = `postgres://${user}:${password}@${host}/db`;
const c = "http://localhost:3000/@user/profile";
const d = "ssh://git@github.com:22/a/b.git";
const e = "https://user@example.com/x";
