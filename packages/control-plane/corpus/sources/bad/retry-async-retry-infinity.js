const retry = require("async-retry");
const { save } = require("./store");

exports.persist = (row) => retry(() => save(row), { retries: Infinity, factor: 2 });
