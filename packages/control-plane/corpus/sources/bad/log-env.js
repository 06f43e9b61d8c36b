const { start } = require("./server");
console.log("starting with", process.env);
start();
