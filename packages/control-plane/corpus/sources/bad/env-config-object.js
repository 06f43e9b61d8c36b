module.exports = {
  databaseUrl: process.env.DATABASE_URL,
  queueUrl: process.env.QUEUE_URL,
  mailFrom: process.env.MAIL_FROM,
};
