import { register } from "@toban/definition";

/** Every commitment of the operations design of RingiFlow; the other files of this folder state them. */
export const rf = register("RF", { document: "RingiFlow 運用設計", section: "OPS-04…06" });
