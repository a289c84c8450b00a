//! `maintainer-instruction`

use dfopt_syntax::ast::{AstNode, Instruction};

use crate::option::Text;
use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity, Tag};

static LABEL: Text =
    Text::new("label", "org.opencontainers.image.authors", "The label that the fix puts in place of `MAINTAINER`.");

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
        options: &[LABEL.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    let key = LABEL.of(ctx);
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
        let instruction = if model.text_at(keyword).chars().all(char::is_lowercase) { "label" } else { "LABEL" };
        let whole = keyword.cover(word.range());
        report.fix("Use a label", |fix| fix.replace(whole, format!("{instruction} {key}=\"{value}\"")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check, check_fix, check_ok, diagnostics, only_with};

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

    #[test]
    fn the_label_can_be_chosen() {
        let settings = only_with(&RULE, &[("label", OptionValue::Text("maintainer".into()))]);
        let text = "FROM a\nMAINTAINER Jo\n";
        let found = diagnostics(&RULE, &settings, dfopt_semantic::model::Options::default(), text);
        let fixed = found.first().and_then(|one| one.fix.as_ref()).and_then(|fix| fix.edits.apply(text).ok());
        assert_eq!(fixed.as_deref(), Some("FROM a\nLABEL maintainer=\"Jo\"\n"));
    }
}
