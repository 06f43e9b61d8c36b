export const GRANTS = { password: "password", refreshToken: "refresh_token", clientCredentials: "client_credentials" } as const;
