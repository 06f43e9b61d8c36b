const axios = require("axios");
const logger = require("./logger");
const http = axios.create({ timeout: 2000 });
http.interceptors.request.use((config) => {
  logger.info("outgoing", { url: config.url, headers: config.headers });
  return config;
});
module.exports = http;
