import type { Collection } from "mongodb";

export async function rebuildIndex(collection: Collection, documents: { _id: string }[]) {
  await collection.deleteMany({});
  await collection.insertMany(documents);
}
