import axios from "axios";

export const crm = axios.create({ baseURL: "https://crm.example.com/api", headers: { accept: "application/json" } });
