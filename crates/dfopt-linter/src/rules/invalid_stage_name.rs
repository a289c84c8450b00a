//! `invalid-stage-name`

use dfopt_semantic::image_ref::ImageRef;

use crate::rule::declare_rule;
use crate::{Category, Context, Rule, Severity};

declare_rule! {
    /// A stage's name has characters that it must not have.
    ///
    /// ## Why
    ///
    /// A name begins with a letter and goes on with letters, digits, `-`, `_` and `.`; the builder refuses others. Names are
    /// turned into lower case, and variables in them are not expanded. Separators must not end a name or stand together, since the
    /// builder also looks for a context of that name.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine AS 1st
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine AS first
    /// ```
    "invalid-stage-name" {
        category: Category::Correctness,
        severity: Severity::Error,
        fix: None,
        aliases: &["INVALID_BUILD_STAGE_NAME"],
        since: "0.1.0",
        check: check,
        ..Rule::SYNTAX
    }
}

fn check(ctx: &mut Context<'_>) {
    for stage in ctx.model().stages() {
        let Some(name) = &stage.name else { continue };
        // The builder also looks for a context of that name, and reads it as the name of an image to do so.
        let is_image = ImageRef::parse(&name.name).is_ok();
        let what = if name.is_valid && is_image {
            continue;
        } else if name.is_valid {
            "a stage's name must be one that an image could have"
        } else if name.name.contains('$') {
            "variables in a stage's name are not expanded"
        } else if name.name.starts_with(|c: char| c.is_ascii_lowercase()) {
            "a stage's name may have letters, digits, `-`, `_` and `.` only"
        } else {
            "a stage's name must begin with a letter"
        };
        ctx.report(name.range, what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM a AS 2nd
          ^^^ a stage's name must begin with a letter
FROM a AS b$c
          ^^^ variables in a stage's name are not expanded
FROM a AS b/c
          ^^^ a stage's name may have letters, digits, `-`, `_` and `.` only
FROM a AS b-
          ^^ a stage's name must be one that an image could have
",
        );
        check_ok(&RULE, "FROM a AS Build-1_x.y\n");
    }
}
