export const t = { password: "Password", token: "Token expired", secret: "Shared secret", passwordHint: "At least 12 characters" };
