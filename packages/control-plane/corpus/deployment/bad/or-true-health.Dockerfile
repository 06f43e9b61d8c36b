FROM nginx:1.27.2
HEALTHCHECK CMD curl -f http://localhost/ || true
