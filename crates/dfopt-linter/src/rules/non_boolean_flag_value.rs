//! `non-boolean-flag-value`

use dfopt_semantic::flags::{FlagKind, drops_flags, flag_of};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A switch has a value other than `true` and `false`.
    ///
    /// ## Why
    ///
    /// The builder refuses the file; `1`, `yes` and `on` are none of its spellings.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --link=yes app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --link app /app
    /// ```
    "non-boolean-flag-value" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["FLAG_EXPECTED_BOOLEAN_VALUE", "FLAG_INVALID_LINK_VALUE"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let escape = ctx.model().escape();
    for site in sites(ctx.model()).filter(|site| !drops_flags(&site.ast)) {
        for flag in site.ast.flags() {
            let Some(spec) = flag.name().and_then(|name| flag_of(&site.ast, &name)) else { continue };
            let value = flag.value(escape);
            let is_boolean = ["", "true", "false"].iter().any(|known| value.eq_ignore_ascii_case(known));
            if spec.kind == FlagKind::Switch && !is_boolean {
                let Some(node) = flag.value_node() else { continue };
                ctx.report(&node, format!("`--{}` takes `true` or `false`", spec.name)).at(&site);
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
            "FROM a\nCOPY --link=1 --parents=$x a /b\n            ^ `--link` takes `true` or `false`\n                        ^^ `--parents` takes `true` or `false`\n",
        );
        check_ok(&RULE, "FROM a\nADD --link=TRUE --keep-git-dir=False --unpack='true' a /b\n");
    }
}
