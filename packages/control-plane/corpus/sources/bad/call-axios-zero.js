const axios = require("axios");

module.exports.notify = (url, body) => axios.post(url, body, { timeout: 0 });
