//! `label-not-spdx`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a licence names none that SPDX knows.
    ///
    /// ## Why
    ///
    /// Programs that look after licences read names of the SPDX list, and expressions of them. Anything else means a search by hand.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.licenses" = "spdx" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.licenses="Apache 2"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.licenses="Apache-2.0"
    /// ```
    "label-not-spdx" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3054"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "spdx", is_licence, |label| format!("`{label}` is no SPDX licence"));
}

/// Whether it is an SPDX expression; for hadolint, exactly one name of the list that is not deprecated.
fn is_licence(value: &str, dialect: Dialect) -> bool {
    if dialect == Dialect::Hadolint {
        return spdx::license_id(value).is_some_and(|id| id.name == value && !id.is_deprecated());
    }
    spdx::Expression::parse_mode(value, spdx::ParseMode::STRICT).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("l".into(), "spdx".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x l=\"Beer\"
                ^^^^^^ `l` is no SPDX licence
LABEL l=$UNKNOWN
ONBUILD LABEL l=\"Beer\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL l=\"Beer\"\n");
    }

    #[test]
    fn licences() {
        for good in ["MIT", "Apache-2.0 OR MIT", "GPL-2.0-or-later WITH Classpath-exception-2.0", "LicenseRef-own"] {
            assert!(is_licence(good, Dialect::Recommended), "{good}");
        }
        for bad in ["", "mit", "Apache 2", "MIT OR", "Beer"] {
            assert!(!is_licence(bad, Dialect::Recommended), "{bad}");
        }
    }

    #[test]
    fn hadolint_wants_one_name() {
        let is_right = |value| is_licence(value, Dialect::Hadolint);
        assert!(is_right("MIT") && is_right("GPL-3.0-only"));
        assert!(
            !is_right("GPL-3.0") && !is_right("MIT OR Apache-2.0") && !is_right("LicenseRef-own") && !is_right("mit")
        );
    }
}
