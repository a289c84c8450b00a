//! `bundler-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The cache of `bundler` stays in the image.
    ///
    /// ## Why
    ///
    /// Besides installing gems, `bundler` keeps their archives for the next time. In an image there is no next time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM ruby:3.4-slim
    /// COPY Gemfile Gemfile.lock .
    /// RUN bundle install
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM ruby:3.4-slim
    /// COPY Gemfile Gemfile.lock .
    /// RUN bundle install && rm -rf /usr/local/bundle/cache
    /// ```
    "bundler-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &["tally/ruby/leftover-bundler-cache"],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Bundler],
    message: "the cache of `bundler` stays in the image",
    clean: None,
    help: "end the `RUN` with `rm -rf /usr/local/bundle/cache`, or mount a cache there",
};

fn check(ctx: &mut Context<'_>) {
    leftover::check(ctx, &LEFTOVER);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_last_command_is_marked() {
        check(
            &RULE,
            "
FROM ruby
RUN bundle install --jobs 4
    ^^^^^^^^^^^^^^^^^^^^^^^ the cache of `bundler` stays in the image
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM ruby AS a
RUN bundle install
FROM ruby
RUN bundle install && rm -rf /usr/local/bundle/cache
RUN --mount=type=cache,target=/usr/local/bundle/cache bundle install
RUN bundle exec rake && bundle config set without development
COPY --from=a /x /x
",
        );
    }
}
