const { pool } = require("./db");
exports.purge = async (before) => {
  const { rowCount } = await pool.query("DELETE FROM audit_views WHERE created_at < $1", [before]);
  return rowCount;
};
