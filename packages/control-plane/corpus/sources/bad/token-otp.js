exports.issue = function issue(store, id) {
  const otp = Math.floor(100000 + Math.random() * 900000);
  return store.put(id, otp);
};
