FROM alpine:3.20.3
RUN apk add --no-cache git openssh-client
COPY id_rsa /root/.ssh/id_rsa
RUN git clone git@github.com:acme/app.git /app
ENTRYPOINT ["/app/run"]
