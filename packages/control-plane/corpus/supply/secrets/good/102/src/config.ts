const password = process.env.DB_PASSWORD;
const apiKey = process.env["API_KEY"] ?? "";
const token = await vault.read("secret/data/app");
