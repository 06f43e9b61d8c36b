FROM node:22.1.0
ENV DB_PASSWORD hunter2
USER node
CMD ["node","x.js"]
