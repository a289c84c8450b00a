FROM ruby:3.3
RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
WORKDIR /myapp
COPY . /myapp
RUN bundle install
RUN RAILS_ENV=production bundle exec rake assets:precompile
RUN useradd deploy && chown -R deploy /myapp
USER deploy
CMD ["bundle", "exec", "puma"]
