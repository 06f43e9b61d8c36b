FROM node:22.11.0-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
COPY . .
# データはコンテナ内の SQLite に保存
VOLUME ["/app/data"]
ENV SQLITE_PATH=/app/data/app.db
USER node
HEALTHCHECK CMD node health.js
CMD ["node", "server.js"]
