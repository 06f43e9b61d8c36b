FROM node:22.1.0
RUN git clone https://oauth2:ghp_abcdefghijklmnopqrstuvwxyz0123456789@github.com/a/b
USER node
CMD ["node","x.js"]
