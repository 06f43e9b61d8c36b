Sentry.init({ dsn: "https://5b975ad7ec07904bf28b9d00b2fc8a14@o12345.ingest.sentry.io/67890" });
