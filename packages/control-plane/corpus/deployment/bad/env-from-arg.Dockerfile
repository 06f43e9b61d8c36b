FROM node:22.1.0
ARG API_KEY
ENV API_KEY=$API_KEY
USER node
CMD ["node","x.js"]
