ARG VERSION="22.1.0"
FROM "node:${VERSION}"
USER node
CMD ["node","x.js"]
