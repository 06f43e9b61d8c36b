# escape=\
FROM debian:12.8-slim
RUN <<SETUP
set -eu
apt-get update
apt-get install -y --no-install-recommends ca-certificates
rm -rf /var/lib/apt/lists/*
# CMD npm start is what this image must not do
SETUP
COPY <<'CONF' /etc/app/app.toml
listen = "0.0.0.0:8080"
CONF
COPY bin/app /usr/local/bin/app
USER nobody
CMD ["/usr/local/bin/app", "--config", "/etc/app/app.toml"]
