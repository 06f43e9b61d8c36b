export const settings = {
  region: process.env.AWS_REGION ?? "ap-northeast-1",
  concurrency: Number(process.env.CONCURRENCY || "4"),
  debug: process.env.DEBUG === "1",
  tokenTtl: process.env.TOKEN_TTL_SECONDS ?? "900",
};
