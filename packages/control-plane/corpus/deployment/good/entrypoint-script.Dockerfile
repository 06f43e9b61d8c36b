FROM ruby:3.3.6-slim
WORKDIR /rails
COPY . .
RUN bundle install --jobs 4 && useradd rails && chown -R rails log tmp
USER rails
ENV RAILS_ENV=production RAILS_LOG_TO_STDOUT=1
ENTRYPOINT ["/rails/bin/docker-entrypoint"]
EXPOSE 3000
HEALTHCHECK CMD curl -f http://localhost:3000/up || exit 1
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
