FROM node:22.11.0-slim
ENV NODE_ENV=production \
    # the payment provider
    STRIPE_SECRET_KEY=rk_test_dXNlIHlvdXIgb3du \
    PORT=8080
COPY . /app
USER node
CMD ["node", "/app/server.js"]
