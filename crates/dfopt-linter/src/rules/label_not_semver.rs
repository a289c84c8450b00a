//! `label-not-semver`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a version has no semantic version.
    ///
    /// ## Why
    ///
    /// Programs that compare versions expect three numbers as semver.org has them, without a `v` in front.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.version" = "semver" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.version="v1.2"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.version="1.2.0"
    /// ```
    "label-not-semver" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3056"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "semver", is_semver, |label| format!("`{label}` is no semantic version"));
}

/// Whether it is a semantic version; hadolint lets numbers begin with a zero, and what follows `-` and `+` be empty or end with a dot.
fn is_semver(value: &str, dialect: Dialect) -> bool {
    let (version, build) = value.split_once('+').map_or((value, None), |(version, build)| (version, Some(build)));
    let (core, release) = version.split_once('-').map_or((version, None), |(core, release)| (core, Some(release)));
    let is_strict = dialect != Dialect::Hadolint;
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && !(is_strict && part.len() > 1 && part.starts_with('0'))
    };
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_release = |part: &str| is_word(part) && (!part.bytes().all(|b| b.is_ascii_digit()) || is_number(part));
    let numbers: Vec<&str> = core.split('.').collect();
    let has_parts = |text: &str, is_part: &dyn Fn(&str) -> bool| {
        let trimmed = text.strip_suffix('.').filter(|rest| !is_strict && !rest.is_empty()).unwrap_or(text);
        (!is_strict && text.is_empty()) || trimmed.split('.').all(is_part)
    };
    numbers.len() == 3
        && numbers.into_iter().all(is_number)
        && release.is_none_or(|release| has_parts(release, &is_release))
        && build.is_none_or(|build| has_parts(build, &is_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("v".into(), "semver".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x v=\"v1.2.3\"
                ^^^^^^^^ `v` is no semantic version
LABEL v=$UNKNOWN
ONBUILD LABEL v=\"v1.2.3\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL v=\"v1.2.3\"\n");
    }

    #[test]
    fn versions() {
        for good in ["1.2.3", "0.0.0", "1.2.3-rc.1+b.01", "1.2.3-a-b", "1.2.3+a-b"] {
            assert!(is_semver(good, Dialect::Recommended), "{good}");
        }
        for bad in ["", "1.2", "v1.2.3", "1.2.3-", "1.2.3+", "1.2.3-a..b", "01.2.3", "1.2.3-01", "1.2.3-a_b"] {
            assert!(!is_semver(bad, Dialect::Recommended), "{bad}");
        }
    }

    #[test]
    fn hadolint_takes_more() {
        for good in ["1.2.3-", "1.2.3+", "1.2.3-a.+", "1.2.3-+a"] {
            assert!(is_semver(good, Dialect::Hadolint) && !is_semver(good, Dialect::Recommended), "{good}");
        }
        assert!(!is_semver("1.2.3-.", Dialect::Hadolint) && !is_semver("1.2.3-.a", Dialect::Hadolint));
        assert!(is_semver("01.2.3", Dialect::Hadolint) && is_semver("1.2.3-01", Dialect::Hadolint));
    }
}
