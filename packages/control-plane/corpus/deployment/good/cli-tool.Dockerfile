FROM alpine:3.20.3
RUN apk add --no-cache jq=1.7.1-r0
USER nobody
ENTRYPOINT ["jq"]
