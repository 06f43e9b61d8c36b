from node:22.1.0
user node
cmd npm start
