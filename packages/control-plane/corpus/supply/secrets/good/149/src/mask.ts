expect(mask("password=********")).toBe("password=********");
const masked = { password: "***", token: "[REDACTED]", secret: "…" };
