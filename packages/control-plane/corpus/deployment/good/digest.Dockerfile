FROM node@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0
USER node
CMD ["node","x.js"]
