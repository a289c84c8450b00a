//! `heredoc-destination`

use dfopt_syntax::ast::Source;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// The destination of `COPY` or `ADD` is a heredoc.
    ///
    /// ## Why
    ///
    /// A heredoc is a file that is copied. The builder refuses one as the last word, in JSON form too.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY /etc/motd <<EOF
    /// hello
    /// EOF
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY <<EOF /etc/motd
    /// hello
    /// EOF
    /// ```
    "heredoc-destination" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        let Some((_, Some(destination))) = site.ast.copied() else { continue };
        let is_heredoc = match &destination {
            Source::Heredoc(_) => true,
            other => opens_heredoc(&other.raw()),
        };
        if is_heredoc {
            ctx.report(&destination, "a heredoc cannot be the destination").at(&site);
        }
    }
}

/// `<<E`, `3<<-E`
fn opens_heredoc(word: &str) -> bool {
    let behind = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<");
    let name = behind.map(|name| name.strip_prefix('-').unwrap_or(name).trim_start());
    name.is_some_and(|name| {
        !name.is_empty() && !name.contains('<') && name.contains(|c: char| !matches!(c, '\'' | '"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_last_word_is_marked() {
        check(
            &RULE,
            "FROM a\nCOPY /x <<E\n        ^^^ a heredoc cannot be the destination\nE\nADD [\"x\", \"<<E\"]\n          ^^^^^ a heredoc cannot be the destination\n",
        );
        check_ok(&RULE, "FROM a\nCOPY <<E /x\nE\nCOPY a <<\"\"\n");
    }
}
