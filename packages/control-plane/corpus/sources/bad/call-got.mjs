import got from "got";

export const weather = (city) => got(`https://weather.example.com/${city}`, { retry: { limit: 2 } }).json();
