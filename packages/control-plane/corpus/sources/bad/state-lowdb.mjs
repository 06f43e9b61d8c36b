import { Low } from "lowdb";
import { JSONFile } from "lowdb/node";

const db = new Low(new JSONFile("db.json"), { posts: [] });
export async function addPost(post) {
  await db.read();
  db.data.posts.push(post);
  await db.write();
}
