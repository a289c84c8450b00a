//! `uppercase-in-directive`

use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Severity};

declare_rule! {
    /// The name of a parser directive holds an upper-case letter.
    ///
    /// ## Why
    ///
    /// By convention directives are in lower case. One that is not is easily taken for an ordinary comment.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// # Syntax=docker/dockerfile:1
    /// FROM alpine:3.22
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// # syntax=docker/dockerfile:1
    /// FROM alpine:3.22
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The case of the name means nothing to the builder.
    "uppercase-in-directive" {
        category: Category::Layout,
        severity: Severity::Style,
        fix: Some(Applicability::Safe),
        aliases: &["CASING_DIRECTIVE"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for name in model.file().directives().filter_map(|directive| directive.name()) {
        let lower = name.text().to_lowercase();
        if name.text() == lower {
            continue;
        }
        ctx.report(&name, format!("`{}` is not in lower case", name.text())).fix(format!("Write `{lower}`"), |fix| {
            fix.replace(&name, lower);
            fix.safe();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "# Syntax=docker/dockerfile:1\n  ^^^^^^ `Syntax` is not in lower case [safe fix]\n# ESCAPE=`\n  ^^^^^^ `ESCAPE` is not in lower case [safe fix]\nFROM a\n",
        );
        check_ok(&RULE, "# escape=`\n\n# Syntax=x\nFROM a\n");
    }

    #[test]
    fn it_is_written_in_lower_case() {
        check_fix(&RULE, "#Escape = `\nFROM a\n", "#escape = `\nFROM a\n");
    }
}
