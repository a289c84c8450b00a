//! `unknown-healthcheck-type`

use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `HEALTHCHECK` is followed by neither `CMD` nor `NONE`.
    ///
    /// ## Why
    ///
    /// The builder refuses the file: a command must have `CMD` before it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK curl -f http://localhost/
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// HEALTHCHECK CMD curl -f http://localhost/
    /// ```
    "unknown-healthcheck-type" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["UNKNOWN_TYPE"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()) {
        let Instruction::Healthcheck(healthcheck) = &site.ast else { continue };
        let arguments = site.ast.arguments();
        let text = arguments.as_str();
        if healthcheck.kind_token().is_some() || text.is_empty() {
            continue;
        }
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        ctx.report(arguments.file_range(0..end), "expected `CMD` or `NONE`").at(&site);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_first_word_is_marked() {
        check(&RULE, "FROM a\nHEALTHCHECK --retries=1 curl x\n                        ^^^^ expected `CMD` or `NONE`\n");
        check(&RULE, "FROM a\nHEALTHCHECK [\"x\"]\n            ^^^^^ expected `CMD` or `NONE`\n");
        check_ok(&RULE, "FROM a\nHEALTHCHECK none\nHEALTHCHECK cmd x\nHEALTHCHECK\n");
    }
}
