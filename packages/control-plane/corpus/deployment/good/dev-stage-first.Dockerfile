FROM node:22.1.0 AS dev
CMD npm run dev
FROM node:22.1.0 AS prod
USER node
CMD ["node","x.js"]
