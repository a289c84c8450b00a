//! `unpinned-gem`

use dfopt_semantic::command::Word;
use dfopt_semantic::command::gem::GemInstall;

use crate::peer::packages;
use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::unpinned::{check_as_hadolint, report};
use crate::{Category, Context, Dialect, Severity};

declare_rule! {
    /// A gem is installed without a version.
    ///
    /// ## Why
    ///
    /// Each build takes the newest version of that day, so the same file makes different images, and a version that breaks something
    /// arrives unannounced. What the program itself needs is better pinned by a `Gemfile.lock`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM ruby:3.4-slim
    /// RUN gem install rails
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM ruby:3.4-slim
    /// RUN gem install rails:8.0.2
    /// ```
    "unpinned-gem" {
        category: Category::Reproducibility,
        severity: Severity::Info,
        fix: None,
        aliases: &["DL3028", "DF053"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    if ctx.dialect() == Dialect::Hadolint {
        return check_as_hadolint(ctx, packages::gem_packages, |gem| gem.contains(':'));
    }
    let model = ctx.model();
    for step in steps(model) {
        visit(model, step, &mut |command, _, _| {
            let Some(install) = GemInstall::of(command).filter(|install| !install.has_version) else { return };
            let is_open = |word: &&Word| {
                word.text().is_some_and(|text| {
                    !text.is_empty() && !text.contains([':', '/']) && !text.ends_with(".gem") && !text.starts_with('.')
                })
            };
            report(ctx, &install.gems.iter().copied().filter(is_open).collect::<Vec<_>>());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};
    use dfopt_semantic::model::Options;

    #[test]
    fn names_without_a_version() {
        check(
            &RULE,
            "
FROM ruby
RUN gem install --no-document a b:1 -i /x c
                              ^ `a` and another package have no version
",
        );
    }

    #[test]
    fn pinned_or_no_names() {
        check_ok(
            &RULE,
            "
FROM ruby
RUN gem install a -v 1 && gem i b --version=2 && gem install -v=3 c && gem install ./d.gem $P && gem update
",
        );
    }

    #[test]
    fn hadolint_knows_no_values() {
        check_with(
            &RULE,
            &Settings::of_preset(Preset::Hadolint),
            Options::default(),
            "
FROM ruby
RUN gem install --no-document a
RUN gem install a -N
                ^ `a` has no version
RUN gem install a:1 && gem i b -v 1 && gem install c --version=1 && gem update --system
RUN gem install -v=2 -N a b
                        ^ `a` has no version
RUN gem install a:1 -- --with-x=y
",
        );
    }
}
