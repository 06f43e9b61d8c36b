FROM golang:1.23.3 AS build
COPY . .
RUN go build -o /api
FROM debian
COPY --from=build /api /api
USER 1000
CMD ["/api"]
