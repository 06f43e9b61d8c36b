import axios from "axios";

axios.defaults.timeout = 5_000;
export const get = (url: string) => axios.get(url);
