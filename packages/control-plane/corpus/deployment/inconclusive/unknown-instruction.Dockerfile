FROM alpine:3.20.3
INSTALL curl
CMD ["/app"]
