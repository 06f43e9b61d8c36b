FROM node:22.11.0-alpine AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM node:22.11.0-alpine
WORKDIR /app
COPY --from=build /app .
USER node
CMD ["npm", "run", "start:prod"]
