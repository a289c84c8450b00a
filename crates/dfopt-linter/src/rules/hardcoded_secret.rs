//! `hardcoded-secret`

use std::ops::Range;

use dfopt_syntax::ast::AstNode;
use dfopt_syntax::{SyntaxElement, SyntaxKind, TextRange, TextSize};

use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// A text has the shape of a password, token or key.
    ///
    /// ## Why
    ///
    /// What is in the Dockerfile is in its repository and in the history of the image, for everyone who can read either. Who has pushed it once has to
    /// replace it: taking it out of the file does not take it back.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN git clone https://deploy:s7Qm2xLpV9@git.example.com/app.git
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN --mount=type=secret,id=netrc,target=/root/.netrc git clone https://git.example.com/app.git
    /// ```
    "hardcoded-secret" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["DF013", "tally/secrets-in-code", "DS-0031"],
        since: "0.1.0",
        check: check,
    }
}

/// A token with a beginning of its own.
struct Token {
    starts: &'static [&'static str],
    what: &'static str,
    /// How many characters follow.
    len: Range<usize>,
    /// Which, besides letters and digits.
    also: &'static str,
}

const TOKENS: &[Token] = &[
    Token { starts: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], what: "a GitHub token", len: 36..256, also: "" },
    Token { starts: &["github_pat_"], what: "a GitHub token", len: 70..256, also: "_" },
    Token { starts: &["glpat-"], what: "a GitLab token", len: 20..256, also: "_-." },
    Token { starts: &["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"], what: "a Slack token", len: 20..256, also: "-" },
    Token { starts: &["npm_"], what: "an npm token", len: 36..37, also: "" },
    Token { starts: &["pypi-"], what: "a PyPI token", len: 50..512, also: "_-" },
    Token { starts: &["sk_live_", "rk_live_"], what: "a Stripe key", len: 20..256, also: "" },
    Token { starts: &["AIza"], what: "a Google key", len: 35..36, also: "_-" },
];

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps() {
        let node = step.ast.syntax();
        let range = node.text_range();
        let Some(text) = model.text().get(usize::from(range.start())..usize::from(range.end())) else { continue };
        let comments: Vec<TextRange> = node
            .descendants_with_tokens()
            .filter_map(SyntaxElement::into_token)
            .filter(|token| matches!(token.kind(), SyntaxKind::COMMENT | SyntaxKind::SH_COMMENT))
            .map(|token| token.text_range())
            .collect();
        let mut reported: Vec<TextRange> = Vec::new();
        for (found, what) in secrets(text) {
            let at = |offset: usize| range.start() + TextSize::new(u32::try_from(offset).unwrap_or(0));
            let place = TextRange::new(at(found.start), at(found.end));
            let is_seen = reported
                .iter()
                .chain(&comments)
                .any(|other| other.intersect(place).is_some_and(|both| !both.is_empty()));
            if !is_seen {
                ctx.report(place, format!("this looks like {what}"))
                    .note("it is in the history of the file and of the image")
                    .help("replace it, and hand the new one over with `RUN --mount=type=secret`");
                reported.push(place);
            }
        }
    }
}

/// What has the shape of a secret, with its place.
fn secrets(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    for token in TOKENS {
        for start in token.starts {
            for at in word_starts(text, start) {
                let body = run(text, at + start.len(), token.also);
                if token.len.contains(&body.len()) && !is_placeholder(&text[body.clone()]) {
                    found.push((at..body.end, token.what));
                }
            }
        }
    }
    amazon(text, &mut found);
    for at in word_starts(text, "eyJ") {
        let parts = run(text, at, "_-.");
        let mut dots = text[parts.clone()].split('.');
        let is_long = |part: Option<&str>| part.is_some_and(|part| part.len() >= 10);
        if is_long(dots.next())
            && dots.next().is_some_and(|part| part.starts_with("eyJ"))
            && is_long(dots.next())
            && dots.next().is_none()
        {
            found.push((parts, "a JSON web token"));
        }
    }
    for (at, _) in text.match_indices("-----BEGIN ") {
        let line = text[at..].lines().next().unwrap_or_default();
        let Some(end) = line.find("PRIVATE KEY-----") else { continue };
        found.push((at..at + end + "PRIVATE KEY-----".len(), "a private key"));
    }
    addresses(text, &mut found);
    assigned(text, &mut found);
    found.sort_by_key(|(place, _)| (place.start, std::cmp::Reverse(place.end)));
    found
}

/// An access key's id beside what may be its secret.
fn amazon(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    for at in word_starts(text, "AKIA").into_iter().chain(word_starts(text, "ASIA")) {
        let id = run(text, at, "");
        let has_shape =
            id.len() == 20 && text[id.clone()].bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let is_secret = |word: &str| {
            word.len() == 40 && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        };
        let has_secret = text.split(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | ':')).any(is_secret);
        if has_shape && has_secret && !text[id.clone()].contains("EXAMPLE") {
            found.push((id, "an AWS key"));
        }
    }
}

/// `https://user:password@host`
fn addresses(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    for (at, scheme) in text.match_indices("://") {
        let start = at + scheme.len();
        let end = text[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '?' | '#'))
            .map_or(text.len(), |len| start + len);
        let Some((user, _)) = text[start..end].rsplit_once('@') else { continue };
        let Some((_, password)) = user.split_once(':') else { continue };
        let from = start + user.len() - password.len();
        if is_literal(password) && password.len() >= 3 {
            found.push((from..from + password.len(), "a password"));
        }
    }
}

/// Words that a literal secret follows: what it is, where it ends, and the least length.
const BEHIND: [(&str, &str, usize); 8] = [
    ("Authorization: Bearer ", "a token", 12),
    ("Authorization: Basic ", "a password", 8),
    ("Authorization: token ", "a token", 12),
    ("Authorization:Bearer ", "a token", 12),
    ("_authToken=", "a token", 8),
    ("_password=", "a password", 6),
    ("--password ", "a password", 3),
    ("--password=", "a password", 3),
];

fn assigned(text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    for (before, what, least) in BEHIND {
        for at in matches_without_case(text, before) {
            let quoted = text[at..].starts_with(['"', '\'']);
            let start = at + usize::from(quoted);
            let end = text[start..]
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '|' | '&' | ')' | '\\' | ','))
                .map_or(text.len(), |len| start + len);
            let value = &text[start..end];
            if value.len() >= least && is_literal(value) && !value.starts_with('-') && !value.starts_with('/') {
                found.push((start..end, what));
            }
        }
    }
}

fn matches_without_case(text: &str, pattern: &str) -> Vec<usize> {
    let lower = text.to_ascii_lowercase();
    let pattern = pattern.to_ascii_lowercase();
    lower.match_indices(pattern.as_str()).map(|(at, _)| at + pattern.len()).collect()
}

/// Where `start` begins a word.
fn word_starts(text: &str, start: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let at_start = |at: usize| !text[..at].chars().next_back().is_some_and(is_word);
    text.match_indices(start).map(|(at, _)| at).filter(|&at| at_start(at)).collect()
}

/// The letters, digits and characters of `also` from `at` on.
fn run(text: &str, at: usize, also: &str) -> Range<usize> {
    let rest = &text[at..];
    let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && !also.contains(c)).unwrap_or(rest.len());
    at..at + len
}

/// Whether a text is written out and no placeholder.
fn is_literal(text: &str) -> bool {
    let is_variable = text.contains(['$', '{', '<', '%', '`', '*']) || text.starts_with("@@");
    !text.is_empty() && !is_variable && !is_placeholder(text)
}

fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "xxx",
        "changeme",
        "change_me",
        "change-me",
        "example",
        "placeholder",
        "password",
        "your",
        "secret",
        "token",
        "dummy",
        "redacted",
    ];
    let lower = text.to_ascii_lowercase();
    let first = text.chars().next();
    let is_one = text.chars().all(|c| Some(c) == first);
    is_one
        || lower.contains("xxxx")
        || WORDS.iter().any(|word| lower == *word || (lower.len() < 24 && lower.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    /// A token that no scanner of this repository takes for a real one.
    fn token(start: &str, len: usize) -> String {
        let body: String = "a1B2c3D4e5F6g7H8".chars().cycle().take(len).collect();
        format!("{start}{body}")
    }

    #[test]
    fn tokens_are_known_by_their_shape() {
        for (token, what) in [
            (token("ghp_", 36), "a GitHub token"),
            (token("glpat-", 20), "a GitLab token"),
            (token("npm_", 36), "an npm token"),
            (token("sk_live_", 24), "a Stripe key"),
            (format!("{}.{}.{}", token("eyJ", 20), token("eyJ", 20), token("s", 20)), "a JSON web token"),
            (["-----BEGIN RSA ", "PRIVATE KEY-----"].concat(), "a private key"),
        ] {
            assert_eq!(secrets(&format!("RUN x \"{token}\" y")), [(7..7 + token.len(), what)], "{token}");
        }
        let pair = format!("ENV A={} B={}", token("AKIA", 0) + "B2C3D4E5F6G7H8J9", token("", 40));
        assert_eq!(secrets(&pair), [(6..26, "an AWS key")]);
        for no in [
            token("ghp_", 12),
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".into(),
            token("my_npm_", 36),
            "-----BEGIN CERTIFICATE-----".into(),
        ] {
            assert_eq!(secrets(&no), [], "{no}");
        }
    }

    #[test]
    fn literals_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN git clone https://me:hunter22@x/y && curl -H 'Authorization: Bearer abcdef123456' z
                         ^^^^^^^^ this looks like a password
                                                                        ^^^^^^^^^^^^ this looks like a token
RUN mysql --password=hunter2 b
                     ^^^^^^^ this looks like a password
ENV DB=postgres://u:pw123@db/x
                    ^^^^^ this looks like a password
",
        );
    }

    #[test]
    fn placeholders_and_variables_are_fine() {
        check_ok(
            &RULE,
            "FROM a\n# https://me:hunter22@x/y\nRUN git clone https://$U:$P@x/y && git clone https://me@x/y && curl http://x:80/a@b\nRUN mysql --password=$P b --password \"${P}\" && x --password changeme --password <pw> -p\nENV A=https://user:password@x/ B=https://u:xxxxxx@y\nRUN a \\\n  # https://me:hunter22@x/y\n  b\n",
        );
    }
}
