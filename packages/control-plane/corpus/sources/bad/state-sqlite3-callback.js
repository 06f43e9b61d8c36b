const sqlite3 = require("sqlite3").verbose();
const db = new sqlite3.Database("/app/data/tickets.db");
exports.all = () => new Promise((resolve, reject) => db.all("SELECT * FROM tickets", (e, rows) => (e ? reject(e) : resolve(rows))));
