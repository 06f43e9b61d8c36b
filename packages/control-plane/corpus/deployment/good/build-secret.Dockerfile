FROM node:22.11.0-slim AS deps
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci --omit=dev
COPY --chown=node:node . .

FROM deps
USER node
HEALTHCHECK CMD ["node", "health.js"]
CMD ["node", "index.js"]
