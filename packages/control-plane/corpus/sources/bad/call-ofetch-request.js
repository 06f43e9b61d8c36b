const request = require("request-promise");
exports.geocode = (q) => request({ uri: "https://geo.example.com", qs: { q }, json: true });
