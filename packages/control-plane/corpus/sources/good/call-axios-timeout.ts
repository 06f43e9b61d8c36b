import axios from "axios";

const http = axios.create({ baseURL: "https://crm.example.com", timeout: 8_000 });
export const contact = (id: string) => http.get(`/contacts/${id}`);
export const once = (url: string) => axios.get(url, { timeout: 2_000 });
