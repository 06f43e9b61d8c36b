FROM node:22.11.0-slim
WORKDIR /app
COPY . .
RUN npm ci --omit=dev
USER node
EXPOSE 8080
HEALTHCHECK CMD ["node", "health.js"]
CMD node dist/server.js
