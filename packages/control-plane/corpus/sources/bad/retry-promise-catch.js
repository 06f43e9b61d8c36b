const { call } = require("./remote");

function lookup(id) {
  return call(id).catch(() => lookup(id));
}
module.exports = { lookup };
