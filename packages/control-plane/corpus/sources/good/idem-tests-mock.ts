import axios from "axios";

const api = axios.create({ baseURL: "https://api.example.com", timeout: 5_000 });
export const createUser = (id: string, name: string) => api.post("/users", { id, name });
export const ping = () => api.get("/ping");
