const fetch = require("node-fetch");
module.exports = async function jwks(issuer) {
  const res = await fetch(issuer + "/.well-known/jwks.json");
  return res.json();
};
