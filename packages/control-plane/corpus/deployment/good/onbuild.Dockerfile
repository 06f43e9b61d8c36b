FROM node:22.1.0
ONBUILD COPY . /app
ONBUILD RUN npm ci
USER node
CMD ["node","/app/x.js"]
