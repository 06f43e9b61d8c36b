FROM node:22.11.0-slim
WORKDIR /app
COPY package.json package-lock.json .env.production ./
RUN npm ci
USER node
CMD ["node", "server.js"]
