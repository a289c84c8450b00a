//! `repeated-flag`

use dfopt_semantic::flags::{FlagKind, drops_flags, flag_of};
use dfopt_syntax::ast::{AstNode, Flag};

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A flag is given twice.
    ///
    /// ## Why
    ///
    /// The builder refuses the file. Only `--mount`, `--exclude` and `--device` may be repeated.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --chown=app --chown=www app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --chown=www app /app
    /// ```
    "repeated-flag" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["FLAG_DUPLICATE"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Error),
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for site in sites(ctx.model()).filter(|site| !drops_flags(&site.ast)) {
        let mut seen: Vec<(String, Flag)> = Vec::new();
        for flag in site.ast.flags() {
            let Some(name) = flag.name() else { continue };
            if flag_of(&site.ast, &name).is_none_or(|spec| spec.kind == FlagKind::List) {
                continue;
            }
            match seen.iter().find(|(other, _)| *other == name) {
                Some((_, first)) => {
                    let first = first.range();
                    ctx.report(&flag, format!("`--{name}` is given twice"))
                        .related(first, "it is first given here")
                        .at(&site);
                }
                None => seen.push((name, flag)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_second_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY --link --chown=a --link=false a /b
                      ^^^^^^^^^^^^ `--link` is given twice
RUN --network=none --network=host x
                   ^^^^^^^^^^^^^^ `--network` is given twice
",
        );
    }

    #[test]
    fn lists_may_repeat() {
        check_ok(
            &RULE,
            "FROM a\nRUN --mount=type=tmpfs,target=/a --mount=type=tmpfs,target=/b x\nCOPY --exclude=a --exclude=b c /d\n",
        );
    }
}
