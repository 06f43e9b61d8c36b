if (token === expectedToken) return;
if (password !== confirmation) throw new Error("mismatch");
if (grant === "refresh_token") next();
