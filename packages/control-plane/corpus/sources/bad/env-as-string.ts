import { SignJWT } from "jose";

const issuer = process.env.ISSUER_URL as string;
export const sign = (key: Uint8Array) => new SignJWT({}).setIssuer(issuer).setProtectedHeader({ alg: "HS256" }).sign(key);
