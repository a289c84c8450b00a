//! `invalid-check-directive`

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// `# check=` at the top of the file has a part that it does not know.
    ///
    /// ## Why
    ///
    /// Its parts, separated by `;`, are `skip=`, `experimental=` and `error=` with `true` or `false`. The builder refuses others.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # check=ignore=all
    /// FROM alpine
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # check=skip=all
    /// FROM alpine
    /// ```
    "invalid-check-directive" {
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
    let Some(directive) = ctx.model().check_directive() else { return };
    for part in &directive.malformed {
        let place = if part.is_empty() { directive.range } else { *part };
        ctx.report(place, "expected `skip=`, `experimental=` or `error=true`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_part_is_marked() {
        check(
            &RULE,
            "# check=skip=all;eror=true\n                 ^^^^^^^^^ expected `skip=`, `experimental=` or `error=true`\nFROM a\n",
        );
        check(
            &RULE,
            "# check=error=maybe\n        ^^^^^^^^^^^ expected `skip=`, `experimental=` or `error=true`\nFROM a\n",
        );
        check_ok(&RULE, "# check=skip=A,B;error=1 since then\nFROM a\n# check=nonsense\nRUN x\n");
    }
}
