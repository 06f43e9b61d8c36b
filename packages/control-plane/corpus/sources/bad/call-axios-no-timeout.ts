import axios from "axios";

export async function companyOf(number: string) {
  const { data } = await axios.get(`https://houjin.example.jp/${number}`, { params: { type: 12 } });
  return data;
}
