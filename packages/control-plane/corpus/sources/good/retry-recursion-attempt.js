const { call } = require("./remote");

async function lookup(id, attempt = 1) {
  try {
    return await call(id);
  } catch (error) {
    if (attempt >= 3) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    return lookup(id, attempt + 1);
  }
}
module.exports = { lookup };
