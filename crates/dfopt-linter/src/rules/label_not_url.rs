//! `label-not-url`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds a URL has another value.
    ///
    /// ## Why
    ///
    /// Programs that read the label, such as registries and dependency bots, make a link of it.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "org.opencontainers.image.url" = "url" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.url="example.com/app"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL org.opencontainers.image.url="https://example.com/app"
    /// ```
    "label-not-url" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3052"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "url", is_url, |label| format!("`{label}` is no URL"));
}

/// Whether it is an absolute URI: a scheme, a colon, and characters that may stand in one.
fn is_url(value: &str, _: Dialect) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (authority, path) = match before.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => ("", before),
    };
    is_scheme && is_authority(authority) && has_only(path, "/?:@") && has_only(fragment, "/?:@")
}

/// `user@host:port`, where the host may be an address in brackets.
fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(None) => return false,
        Some(Some((address, port))) => {
            let is_address =
                address.bytes().all(|b| b.is_ascii_hexdigit() || b":.".contains(&b)) && address.contains(':');
            if !is_address || !(port.is_empty() || port.starts_with(':')) {
                return false;
            }
            ("", port.trim_start_matches(':'))
        }
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    has_only(user, ":") && has_only(host, "") && port.bytes().all(|b| b.is_ascii_digit())
}

/// Whether all is unreserved, a sub-delimiter, percent-encoded, or one of `also`.
fn has_only(text: &str, also: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_fine = match byte {
            b'%' => [bytes.next(), bytes.next()].iter().all(|next| next.is_some_and(|b| b.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || also.as_bytes().contains(&byte),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("u".into(), "url".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x u=\"/a\"
                ^^^^ `u` is no URL
LABEL u=$UNKNOWN
ONBUILD LABEL u=\"/a\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL u=\"/a\"\n");
    }

    #[test]
    fn urls() {
        for good in ["http://a", "x:y", "mailto:", "a:", "https://u:p@h:8/p?q=%20#f", "http://[::1]:80/", "urn:a:b"] {
            assert!(is_url(good, Dialect::Recommended), "{good}");
        }
        for bad in [
            "",
            "foo",
            "1a:b",
            ":x",
            "http://a b",
            "http://[::1",
            "ht_tp://x",
            "http://x/%zz",
            "http://x/{a}",
            "http://x:y/",
            "http://a#b#c",
        ] {
            assert!(!is_url(bad, Dialect::Recommended), "{bad}");
        }
    }
}
