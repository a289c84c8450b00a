//! `invalid-label-key`

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// The key of a label is not one that Docker's guidelines allow.
    ///
    /// ## Why
    ///
    /// A key is of lower-case letters, digits, `.`, `-`, `_` and `/`, begins with a letter and ends with a letter or a digit, and has no two dots or
    /// dashes in a row. Keys that begin with `com.docker.`, `io.docker.` or `org.dockerproject.` are Docker's own.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL Maintained_By="jo@example.com"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL com.example.maintained-by="jo@example.com"
    /// ```
    "invalid-label-key" {
        category: Category::Policy,
        severity: Severity::Style,
        fix: None,
        aliases: &["DL3048", "tally/labels/valid-key"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Style),
    }
}

/// What Docker keeps for itself.
const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];

fn check(ctx: &mut Context<'_>) {
    let (model, dialect) = (ctx.model(), ctx.dialect());
    for step in model.steps() {
        for label in labels::of_step(model, step, dialect) {
            let Some(wrong) = label.key.as_deref().and_then(why_wrong) else { continue };
            ctx.report(label.key_range, wrong);
            if dialect == Dialect::Hadolint {
                break;
            }
        }
    }
}

fn why_wrong(key: &str) -> Option<String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '/');
    if let Some(reserved) = RESERVED.iter().find(|reserved| key.starts_with(*reserved)) {
        return Some(format!("`{reserved}…` is kept for Docker"));
    }
    if let Some(c) = key.chars().find(|&c| !is_allowed(c)) {
        return Some(format!("{c:?} in the key of a label"));
    }
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some("the key begins with no letter".to_owned());
    }
    if !key.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Some("the key ends with neither a letter nor a digit".to_owned());
    }
    let twice = ["..", "--"].into_iter().find(|twice| key.contains(twice))?;
    Some(format!("`{twice}` in the key of a label"))
}

#[cfg(test)]
mod tests {
    use dfopt_semantic::model::Options;

    use super::*;
    use crate::testing::{check, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn keys_are_marked() {
        check(
            &RULE,
            "
FROM a
LABEL a.b=1 A=2 com.docker.x=3
            ^ 'A' in the key of a label
                ^^^^^^^^^^^^ `com.docker.…` is kept for Docker
LABEL 1a=1 a-=2 a..b=3
      ^^ the key begins with no letter
           ^^ the key ends with neither a letter nor a digit
                ^^^^ `..` in the key of a label
",
        );
        check_ok(&RULE, "FROM a\nLABEL a/b_c.d-e=1 \"com.docker\"=2 a__b=3 $A=4\nONBUILD LABEL A=1\n");
    }

    #[test]
    fn hadolint_reads_what_is_written() {
        let text = "FROM a:1\nLABEL $A=1 A=1\n      ^^ '$' in the key of a label\nLABEL 'a'=1\n";
        check_with(&RULE, &Settings::of_preset(Preset::Hadolint), Options::default(), text);
    }
}
