FROM node:22.1.0
USER node
RUN a \
  && b
CMD ["node","x.js"]
