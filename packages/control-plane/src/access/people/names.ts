import { invalid } from "../../platform/errors.ts";

const PERSON_ID = /^[\w.@-]{1,64}$/;
export const isPersonId = (id: string): boolean => PERSON_ID.test(id);

/** @throws `invalid` */
export function assertPersonId(id: string): void {
  if (isPersonId(id)) return;
  throw invalid(
    "person_id_invalid",
    "A person's id is 1 to 64 letters, digits and the signs _ . @ -",
    "Choose another id.",
  );
}
