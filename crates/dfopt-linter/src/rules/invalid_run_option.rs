//! `invalid-run-option`

use dfopt_semantic::model::FlagText;
use dfopt_semantic::suggest;
use dfopt_syntax::ast::{AstNode, Flag, Instruction};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `RUN --network` or `--security` has a value that it does not know.
    ///
    /// ## Why
    ///
    /// `--network` is `default`, `none` or `host`, and `--security` is `sandbox` or `insecure`, in lower case and without
    /// variables. The builder refuses others.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// RUN --network=off true
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// RUN --network=none true
    /// ```
    "invalid-run-option" {
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
    let escape = ctx.model().escape();
    for site in sites(ctx.model()).filter(|site| matches!(site.ast, Instruction::Run(_))) {
        for flag in site.ast.flags().filter(Flag::has_value) {
            let known: &[&str] = match flag.name().as_deref() {
                Some("network") => &["default", "none", "host"],
                Some("security") => &["sandbox", "insecure"],
                _ => continue,
            };
            let text = FlagText::of(&flag, escape);
            if known.contains(&&*text.value) {
                continue;
            }
            let place = if text.value.is_empty() { flag.range() } else { text.range(0..text.value.len()) };
            let report = ctx.report(place, format!("expected `{}`", known.join("`, `"))).at(&site);
            if let Some(near) = suggest::nearest(&text.value, known.iter().copied()) {
                report.help(format!("did you mean `{near}`?"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_value_is_marked() {
        check(
            &RULE,
            "
FROM a
RUN --network=NONE x
              ^^^^ expected `default`, `none`, `host`
RUN --security= x
    ^^^^^^^^^^^ expected `sandbox`, `insecure`
",
        );
        check_ok(&RULE, "FROM a\nRUN --network='host' --security=insecure x\n");
    }
}
