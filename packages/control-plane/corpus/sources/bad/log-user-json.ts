import { findUser } from "./users.js";

export async function debugUser(id: string) {
  const user = await findUser(id);
  console.debug("user: " + JSON.stringify(user));
}
