# check=error=true
ARG REGISTRY=docker.io/library
ARG GO=1.23.3
FROM --platform=$BUILDPLATFORM ${REGISTRY}/golang:${GO}-bookworm AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY . .
RUN --mount=type=bind,source=.git,target=.git \
    GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/worker ./cmd/worker

FROM build AS test
CMD go test ./...

FROM ${REGISTRY}/busybox:1.36.1-uclibc AS tools

FROM gcr.io/distroless/base-debian12@sha256:8b8b1d0c2f3e4a5b6c7d8e9f00112233445566778899aabbccddeeff00112233
COPY --from=tools /bin/wget /bin/wget
COPY --from=ghcr.io/grpc-ecosystem/grpc-health-probe:v0.4.35 /ko-app/grpc-health-probe /probe
COPY --from=build /out/worker /worker
USER nonroot
HEALTHCHECK CMD ["/probe", "-addr=:9000"]
ENTRYPOINT ["/worker"]
