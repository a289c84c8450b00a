//! `composer-cache-in-layer`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::tools::Tool;
use dfopt_semantic::effects::caches::Cache;
use dfopt_syntax::TextRange;

use crate::leftover::{left, with_later};
use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// The cache of `composer` stays in the image.
    ///
    /// ## Why
    ///
    /// Besides installing packages, `composer` keeps their archives for the next time. In an image there is no next time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM php:8.4-cli
    /// COPY composer.json composer.lock .
    /// RUN composer install --no-dev
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM php:8.4-cli
    /// COPY composer.json composer.lock .
    /// RUN composer install --no-cache --no-dev
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The same packages are installed; only the cache is missing.
    "composer-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Safe),
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for (step, cache) in left(model, &[Cache::Composer]) {
        let mut verb = None;
        visit(model, step, &mut |command, understood, _| {
            if let Understood::Tool(run) = understood
                && run.tool == Tool::Composer
                && command.range() == cache.filled
            {
                verb = Some((run.word.range.place(), run.word.text().unwrap_or_default().to_owned()));
            }
        });
        let filled = cache.filled.place();
        let marked =
            verb.as_ref().map_or(filled, |(verb, _)| TextRange::new(filled.start(), verb.end().max(filled.start())));
        let report = with_later(ctx.report(marked, "the cache of `composer` stays in the image"), &cache);
        match verb.filter(|(verb, text)| model.text_at(*verb) == text) {
            Some((verb, _)) => report.fix("Add `--no-cache`", |fix| {
                fix.safe();
                fix.insert(verb.end(), " --no-cache");
            }),
            None => report.help("add `--no-cache`"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_verb_is_marked() {
        check(
            &RULE,
            "
FROM php
RUN composer install --no-dev
    ^^^^^^^^^^^^^^^^ the cache of `composer` stays in the image [safe fix]
",
        );
    }

    #[test]
    fn off_or_cleaned() {
        check_ok(
            &RULE,
            "
FROM php
RUN composer install --no-cache && composer dump-autoload
RUN composer install && composer clear-cache
ENV COMPOSER_CACHE_DIR=/dev/null
RUN composer install
",
        );
    }

    #[test]
    fn the_switch_follows_the_verb() {
        check_fix(
            &RULE,
            "FROM php\nRUN composer install --no-dev\n",
            "FROM php\nRUN composer install --no-cache --no-dev\n",
        );
    }
}
