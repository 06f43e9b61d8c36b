const { SESSION_SECRET = "s3cr3t", PORT = "3000" } = process.env;
module.exports = { SESSION_SECRET, PORT };
