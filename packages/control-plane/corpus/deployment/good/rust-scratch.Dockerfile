FROM rust:1.82.0-alpine3.20 AS chef
RUN apk add --no-cache musl-dev=1.2.5-r0
WORKDIR /app

FROM chef AS build
COPY . .
RUN cargo build --release --locked

FROM scratch AS runtime
COPY --from=build /app/target/release/glance /glance
USER 65532:65532
STOPSIGNAL SIGTERM
ENTRYPOINT ["/glance", "serve"]
