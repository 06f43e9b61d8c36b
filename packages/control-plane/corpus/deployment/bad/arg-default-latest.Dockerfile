ARG TAG=latest
FROM ruby:${TAG}
WORKDIR /app
USER nobody
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
