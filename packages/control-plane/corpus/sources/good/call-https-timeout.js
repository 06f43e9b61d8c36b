const https = require("https");

exports.get = (url) =>
  new Promise((resolve, reject) => {
    const req = https.get(url, { timeout: 4000 }, (res) => {
      res.resume();
      resolve(res.statusCode);
    });
    req.on("timeout", () => req.destroy(new Error("timeout")));
    req.on("error", reject);
  });
