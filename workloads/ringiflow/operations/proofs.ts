import type { Proof } from "@toban/definition";

export const proofs: Proof[] = [];
