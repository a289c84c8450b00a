//! `label-not-git-hash`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a commit has another value.
    ///
    /// ## Why
    ///
    /// Who looks for the sources of an image needs the hash of a commit: a name of a branch or tag may be moved.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.revision" = "hash" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.revision="main"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.revision="4d1c0b6"
    /// ```
    "label-not-git-hash" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3055"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "hash", is_hash, |label| format!("`{label}` is no git hash"));
}

/// Whether it is a whole hash, or the seven digits that git shows.
fn is_hash(value: &str, _: Dialect) -> bool {
    matches!(value.len(), 7 | 40) && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("r".into(), "hash".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x r=\"main\"
                ^^^^^^ `r` is no git hash
LABEL r=$UNKNOWN
ONBUILD LABEL r=\"main\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL r=\"main\"\n");
    }

    #[test]
    fn hashes() {
        for good in ["abcdef0", "0123456789012345678901234567890123456789"] {
            assert!(is_hash(good, Dialect::Recommended), "{good}");
        }
        for bad in ["", "abcdef", "ABCDEF0", "abcdefg", "abcdef01"] {
            assert!(!is_hash(bad, Dialect::Recommended), "{bad}");
        }
    }
}
