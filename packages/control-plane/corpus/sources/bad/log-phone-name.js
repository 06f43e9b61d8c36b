const bunyan = require("bunyan");
const log = bunyan.createLogger({ name: "calls" });

exports.called = (customer) => {
  log.info({ name: customer.name, phone: customer.phoneNumber }, "called");
};
