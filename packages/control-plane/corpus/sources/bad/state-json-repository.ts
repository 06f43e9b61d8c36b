import { promises as fs } from "fs";

const FILE = "./storage/customers.json";

export interface Customer { id: string; plan: string }

export async function loadAll(): Promise<Customer[]> {
  return JSON.parse(await fs.readFile(FILE, "utf8"));
}

export async function saveCustomer(customer: Customer): Promise<void> {
  const all = await loadAll();
  const next = all.filter((one) => one.id !== customer.id).concat(customer);
  await fs.writeFile(FILE, JSON.stringify(next, null, 2));
}
