//! `maintainer-instruction`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity, Tag};

declare_rule! {
    /// `MAINTAINER` is deprecated.
    ///
    /// ## Why
    ///
    /// It sets a field that hardly any tool shows. A label is found by all of them and can be changed later.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// MAINTAINER Jo <jo@example.com>
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.authors="Jo <jo@example.com>"
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The image then has a label in place of its author, which a program may read.
    "maintainer-instruction" {
        category: Category::Maintainability,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL4000", "MaintainerDeprecated", "DEPRECATED_MAINTAINER", "DS-0022", "CKV_DOCKER_6", "DF019"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        buildkit: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Maintainer(_))) {
        let keyword = step.keyword_range();
        let report = ctx.report(keyword, "`MAINTAINER` is deprecated").tag(Tag::Deprecated).help("use a label");
        let Some(word) = step.ast.words().next() else { continue };
        // A comment between its lines would be lost.
        if step.ast.has_inner_comments() {
            continue;
        }
        let escape = model.escape();
        let mut value = String::new();
        for c in word.raw().chars() {
            if c == '"' || c == '$' || c == escape {
                value.push(escape);
            }
            value.push(c);
        }
        let label = if model.text_at(keyword).chars().all(char::is_lowercase) { "label" } else { "LABEL" };
        let whole = keyword.cover(word.range());
        report.fix("Use a label", |fix| {
            fix.replace(whole, format!("{label} org.opencontainers.image.authors=\"{value}\""))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_keyword_is_marked() {
        check(&RULE, "FROM a\nMAINTAINER Jo\n^^^^^^^^^^ `MAINTAINER` is deprecated [fix]\n");
        check_ok(&RULE, "FROM a\nONBUILD MAINTAINER Jo\nLABEL maintainer=Jo\n");
    }

    #[test]
    fn a_label_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a\nmaintainer \"Jo\" $x \\d\n",
            "FROM a\nlabel org.opencontainers.image.authors=\"\\\"Jo\\\" \\$x \\\\d\"\n",
        );
    }
}
