//! `label-not-email`

use crate::rule::declare_rule;
use crate::{Category, Context, Dialect, Severity, labels};

declare_rule! {
    /// A label that holds an address has another value.
    ///
    /// ## Why
    ///
    /// Who writes to the address of the label needs an address and nothing else, without a name in front.
    ///
    /// ## Example
    ///
    /// With these settings:
    ///
    /// ```toml
    /// [labels]
    /// schema = { "maintainer" = "email" }
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL maintainer="Jo <jo@example.com>"
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// LABEL maintainer="jo@example.com"
    /// ```
    "label-not-email" {
        category: Category::Policy,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DL3058"],
        since: "0.1.0",
        check: check,
        hadolint: Some(Severity::Warning),
        options: &[labels::SCHEMA.option()],
    }
}

fn check(ctx: &mut Context<'_>) {
    labels::judge(ctx, "email", is_address, |label| format!("`{label}` is no email address"));
}

/// Whether it is an `addr-spec` of RFC 5322. hadolint takes comments and blanks too, and wants a name of the DNS behind the `@`.
fn is_address(value: &str, dialect: Dialect) -> bool {
    if dialect != Dialect::Hadolint {
        return is_plain_address(value, is_atoms);
    }
    // Comments and blanks inside quotes and brackets are text.
    let is_folded = !value.contains(['"', '[']);
    let value = if is_folded { without_comments(value) } else { value.to_owned() };
    value.rsplit_once('@').is_some_and(|(local, _)| local.len() <= 64) && is_plain_address(&value, is_host)
}

fn is_plain_address(value: &str, is_domain: fn(&str) -> bool) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let quoted = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_quoted = |text: &str| text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\');
    let is_literal = |text: &str| text.bytes().all(|b| (b' '..=b'~').contains(&b) && !b"[]\\".contains(&b));
    quoted.map_or_else(|| is_atoms(local), is_quoted) && literal.map_or_else(|| is_domain(domain), is_literal)
}

/// `example.com`, with or without a dot at its end.
fn is_host(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.strip_suffix('.').unwrap_or(domain).split('.').all(is_label)
}

/// A text without comments, and without blanks next to a dot, the `@` or an end.
fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            c => plain.push(c),
        }
        if c == ')' && depth == 0 {
            plain.push(' ');
        }
    }
    let parts = plain.trim().split('@').map(|part| part.split('.').map(str::trim).collect::<Vec<_>>().join("."));
    parts.collect::<Vec<_>>().join("@")
}

/// `a.b.c`
fn is_atoms(text: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    text.split('.').all(is_atom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue;
    use crate::testing::{check_with, only_with};
    use dfopt_semantic::model::Options;

    #[test]
    fn the_value_is_marked() {
        let schema = OptionValue::Table(vec![("m".into(), "email".into())]);
        let settings = only_with(&RULE, &[("schema", schema)]);
        let text = "
FROM a
LABEL other=x m=\"Jo\"
                ^^^^ `m` is no email address
LABEL m=$UNKNOWN
ONBUILD LABEL m=\"Jo\"
";
        check_with(&RULE, &settings, Options::default(), text);
        check_with(&RULE, &crate::Settings::only(&RULE), Options::default(), "FROM a\nLABEL m=\"Jo\"\n");
    }

    #[test]
    fn addresses() {
        for good in ["a@b", "a.b+c@b.c", r#""a b"@c"#, "a@[127.0.0.1]"] {
            assert!(is_address(good, Dialect::Recommended), "{good}");
        }
        for bad in ["", "a", "a@", "@b", "a@@b", "Jo <jo@x>", "a..b@c", "a@b c", "a@b."] {
            assert!(!is_address(bad, Dialect::Recommended), "{bad}");
        }
    }

    #[test]
    fn hadolint_takes_comments_and_wants_a_host() {
        for good in ["a@b.", " a@b", "a(b)@c", "a.b @c", "a.(c)b@d", "a@[]"] {
            assert!(is_address(good, Dialect::Hadolint), "{good}");
        }
        for bad in ["a@b_c", "a@-b", "a@b-", "a b@c", "a@b..", "Jo <jo@x>"] {
            assert!(!is_address(bad, Dialect::Hadolint), "{bad}");
        }
    }
}
