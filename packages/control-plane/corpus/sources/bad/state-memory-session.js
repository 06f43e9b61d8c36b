const express = require("express");
const session = require("express-session");

const app = express();
app.use(
  session({
    secret: require("./secrets").sessionSecret,
    resave: false,
    saveUninitialized: false,
    cookie: { secure: true, httpOnly: true, maxAge: 1800000 },
  }),
);
module.exports = app;
