for (const name of ["DATABASE_URL", "JWT_SECRET"]) {
  if (!process.env[name]) {
    console.error(`missing ${name}`);
    process.exit(78);
  }
}
module.exports = { databaseUrl: process.env.DATABASE_URL, jwtSecret: process.env.JWT_SECRET };
