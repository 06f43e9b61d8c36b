export const tokens = { colorPrimary500: "#1a73e8", spacingToken: "8px", tokenLimit: "128000tokens" };
