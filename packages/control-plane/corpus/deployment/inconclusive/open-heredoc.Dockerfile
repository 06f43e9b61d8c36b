FROM alpine:3.20.3
RUN <<EOT
apk add curl
CMD ["/app"]
