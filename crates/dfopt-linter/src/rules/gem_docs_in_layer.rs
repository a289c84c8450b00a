//! `gem-docs-in-layer`

use dfopt_semantic::command::gem::GemInstall;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::AstNode;

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{Applicability, ByDefault, Category, Context, Place, Severity};

declare_rule! {
    /// A gem is installed with its documentation.
    ///
    /// ## Why
    ///
    /// `gem install` makes documentation of each gem and of what it needs. Nobody reads it in an image, and making it takes its time.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gem install rails:8.0.2
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN gem install --no-document rails:8.0.2
    /// ```
    ///
    /// ## Fix safety
    ///
    /// `ri` finds no documentation of the gem any more.
    "gem-docs-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let shipped = steps(model).filter(|step| model.stage_of(step).is_some_and(|stage| stage.is_shipped()));
    for step in shipped.filter(|step| !is_configured(model, step)) {
        visit(model, step, &mut |command, _, _| {
            let Some(install) = GemInstall::of(command).filter(|install| !install.leaves_out_documents) else { return };
            let Some(name) = command.name_word() else { return };
            let place = name.place().cover(install.verb.place());
            let is_exact = install.verb.text().is_some_and(|verb| model.text_at(place).ends_with(verb));
            let report = ctx.report(place, "the gem is installed with its documentation");
            if is_exact {
                report.fix("Add `--no-document`", |fix| {
                    fix.insert(TextSize::new(install.verb.range.end), " --no-document");
                });
            }
        });
    }
}

/// Whether a file of settings is written before, or the official image brings one that leaves documentation out.
fn is_configured(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return true };
    let is_ruby =
        model.base_facts(stage).is_some_and(|facts| facts.ecosystem == Some(dfopt_semantic::base::Ecosystem::Ruby));
    let layers = model.layers(stage);
    let mut before = layers.iter().filter(|other| other.index <= step.index);
    let gemrc = |other: &&&Step| {
        let text = model.text_at(other.ast.syntax().text_range());
        text.contains("gemrc") || text.contains("GEMRC")
    };
    is_ruby || before.any(|other| gemrc(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_command_is_marked() {
        check(
            &RULE,
            "
FROM debian:13
RUN sudo gem install a
         ^^^^^^^^^^^ the gem is installed with its documentation [fix]
",
        );
    }

    #[test]
    fn left_out() {
        check_ok(
            &RULE,
            "
FROM ruby:3.4
RUN gem install a
FROM debian:13
RUN gem install -N a && gem install --no-document b
RUN echo 'gem: --no-document' > /etc/gemrc
RUN gem install a
",
        );
    }

    #[test]
    fn the_option_follows_the_verb() {
        check_fix(&RULE, "FROM debian:13\nRUN gem install a\n", "FROM debian:13\nRUN gem install --no-document a\n");
    }
}
