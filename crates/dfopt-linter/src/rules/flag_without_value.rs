//! `flag-without-value`

use dfopt_semantic::flags::{FlagKind, drops_flags, flag_of};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A flag lacks its value.
    ///
    /// ## Why
    ///
    /// A value follows its flag after `=`, never after a blank; the builder refuses the file otherwise. A switch such as
    /// `--link` stands alone or has `true` or `false` behind the `=`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --from build /app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --from=build /app /app
    /// ```
    "flag-without-value" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["FLAG_MISSING_VALUE"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let escape = ctx.model().escape();
    for site in sites(ctx.model()).filter(|site| !drops_flags(&site.ast)) {
        for flag in site.ast.flags() {
            let Some(spec) = flag.name().and_then(|name| flag_of(&site.ast, &name)) else { continue };
            let name = spec.name;
            match spec.kind {
                FlagKind::Switch if flag.has_value() && flag.value(escape).is_empty() => {
                    ctx.report(&flag, format!("`--{name}` stands alone or has a value behind the `=`")).at(&site);
                }
                FlagKind::Value | FlagKind::List if !flag.has_value() => {
                    ctx.report(&flag, format!("`--{name}` needs `=` and a value")).at(&site);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_flag_is_marked() {
        check(
            &RULE,
            "
FROM --platform linux a
     ^^^^^^^^^^ `--platform` needs `=` and a value
COPY --link= --chmod a /b
     ^^^^^^^ `--link` stands alone or has a value behind the `=`
             ^^^^^^^ `--chmod` needs `=` and a value
",
        );
    }

    #[test]
    fn empty_values_are_values() {
        check_ok(&RULE, "FROM --platform= a\nCOPY --from= --link a /b\nHEALTHCHECK --interval NONE\n");
    }
}
