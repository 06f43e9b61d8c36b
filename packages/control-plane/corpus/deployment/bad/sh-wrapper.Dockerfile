FROM node:22.11.0-slim
COPY . /app
USER node
ENTRYPOINT ["/bin/sh", "-c", "cd /app && node server.js"]
