FROM node:22.1.0
USER node
ENTRYPOINT ["dumb-init","--"]
CMD ["node","x.js"]
