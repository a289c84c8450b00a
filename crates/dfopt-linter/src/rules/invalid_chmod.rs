//! `invalid-chmod`

use dfopt_semantic::chmod::{ChmodError, parse_chmod};
use dfopt_semantic::model::TextRole;

use crate::rule::declare_rule;
use crate::site::sites;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `--chmod` has a value that is no mode.
    ///
    /// ## Why
    ///
    /// A mode is octal up to `7777`, or symbolic as in `u=rwX,go=rX`; the builder refuses others. Frontends before 1.14, such as
    /// the one of Docker 26, ignore whatever is not octal.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --chmod=0o755 run.sh /
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine
    /// COPY --chmod=755 run.sh /
    /// ```
    "invalid-chmod" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for site in sites(model) {
        for text in
            model.expanded_texts(site.step, &site.ast).iter().filter(|text| text.role == TextRole::Flag("chmod".into()))
        {
            let Some(known) = text.known().filter(|known| !known.is_empty()) else { continue };
            let Err(error) = parse_chmod(known) else { continue };
            let message = match error {
                ChmodError::NotOctal { .. } => "not an octal mode",
                ChmodError::TooLarge { .. } => "modes go up to `7777`",
                ChmodError::MissingOperator { .. } => "not a symbolic mode, as in `u=rwX,go=rX`",
            };
            let range = error.range().clone();
            let place = if range.is_empty() { text.whole() } else { text.range_after(range) };
            ctx.report(place, message).note("frontends before 1.14 ignore it instead").at(&site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_wrong_part_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY --chmod=888 b c
             ^^^ not an octal mode
COPY --chmod=17777 b c
             ^^^^^ modes go up to `7777`
ADD --chmod=u=4 b c
              ^ not a symbolic mode, as in `u=rwX,go=rX`
ADD --chmod=u b c
            ^ not a symbolic mode, as in `u=rwX,go=rX`
",
        );
        check_ok(
            &RULE,
            "FROM a\nCOPY --chmod=0755 b c\nCOPY --chmod=a+x,u=g b c\nCOPY --chmod= b c\nCOPY --chmod=$M b c\n",
        );
    }
}
