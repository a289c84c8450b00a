//! What a file asks of the program that reads it: the frontend named by `syntax`, the settings of its checks.
//!
//! BuildKit finds both in a pass over the bytes of its own, before any parsing, so this does not look at the tree.

use dfopt_syntax::{TextRange, TextSize};

use super::Model;

/// The program that reads the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frontend {
    /// The one that is part of the engine.
    Builtin,
    /// `docker/dockerfile`
    Docker {
        /// The version its tag pins, if it pins one: `1.7`.
        version: Option<(u32, u32)>,
        /// Whether it is of the `labs` channel.
        is_labs: bool,
    },
    /// Another, whose language is not known.
    Foreign(String),
}

impl Frontend {
    /// Whether it reads the language that this crate knows.
    #[must_use]
    pub fn is_docker(&self) -> bool {
        !matches!(self, Frontend::Foreign(_))
    }

    fn of_image(image: &str) -> Self {
        let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
        let colon = name.rfind(':').filter(|&colon| !name[colon..].contains('/'));
        let (repository, tag) = colon.map_or((name, ""), |colon| (&name[..colon], &name[colon + 1..]));
        let is_docker = ["docker/dockerfile", "docker/dockerfile-upstream"].iter().any(|known| {
            repository.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        });
        if !is_docker {
            return Frontend::Foreign(image.to_owned());
        }
        let (number, is_labs) = tag.strip_suffix("-labs").map_or((tag, tag == "labs"), |number| (number, true));
        let mut parts = number.split('.').map(str::parse::<u32>);
        let version = match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) if digest.is_none() => Some((major, minor)),
            _ => None,
        };
        Frontend::Docker { version, is_labs }
    }
}

/// The value of `check`, read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckDirective {
    /// Where the part of the value that counts stands.
    pub range: TextRange,
    /// The checks that are skipped, with their places.
    pub skip: Vec<(String, TextRange)>,
    /// Whether all checks are.
    pub skips_all: bool,
    /// Whether what a check says fails the build.
    pub is_error: bool,
    /// The experimental checks that are on; `all` for all.
    pub experimental: Vec<String>,
    /// Parts that the builder refuses.
    pub malformed: Vec<TextRange>,
}

impl CheckDirective {
    /// Reads `skip=A,B;error=true` that starts at `at`.
    #[must_use]
    pub fn parse(value: &str, at: TextSize) -> Self {
        let value = value.split(' ').next().unwrap_or_default();
        let place = |start: usize, len: usize| TextRange::at(at + size(start), size(len));
        let mut check = CheckDirective { range: place(0, value.len()), ..CheckDirective::default() };
        let mut start = 0;
        for part in value.splitn(3, ';') {
            let part_at = start;
            start += part.len() + 1;
            match part.split_once('=') {
                Some(("skip", names)) => {
                    check.skip.clear();
                    check.skips_all = names == "all";
                    let mut at = part_at + "skip=".len();
                    for name in names.split(',') {
                        let trimmed = name.trim();
                        if !check.skips_all && !trimmed.is_empty() {
                            check.skip.push((trimmed.to_owned(), place(at, name.len())));
                        }
                        at += name.len() + 1;
                    }
                }
                Some(("experimental", names)) => {
                    check.experimental = names.split(',').map(|name| name.trim().to_owned()).collect();
                }
                Some(("error", value)) if crate::mount::parse_bool(value.trim()).is_some() => {
                    check.is_error = crate::mount::parse_bool(value.trim()) == Some(true);
                }
                _ => check.malformed.push(place(part_at, part.len())),
            }
        }
        check
    }
}

impl Model<'_> {
    /// The program that reads the file.
    #[must_use]
    pub fn frontend(&self) -> Frontend {
        let given = self.options.build_args.and_then(|args| args.get("BUILDKIT_SYNTAX"));
        let named = given.cloned().or_else(|| directive(self.text, "syntax").map(|(value, _)| value.to_owned()));
        let Some(value) = named.or_else(|| json_syntax(self.text)) else { return Frontend::Builtin };
        Frontend::of_image(value.split(' ').next().unwrap_or_default())
    }

    /// The settings of the builder's checks for the whole file.
    #[must_use]
    pub fn check_directive(&self) -> Option<CheckDirective> {
        if let Some(value) = self.options.build_args.and_then(|args| args.get("BUILDKIT_DOCKERFILE_CHECK")) {
            let mut check = CheckDirective::parse(value, TextSize::new(0));
            check.malformed.clear();
            return Some(check);
        }
        let (value, at) = directive_with(self.text, "check", "#")?;
        Some(CheckDirective::parse(value, at))
    }
}

/// The value of a directive with either comment sign.
fn directive<'t>(text: &'t str, name: &str) -> Option<(&'t str, TextSize)> {
    directive_with(text, name, "#").or_else(|| directive_with(text, name, "//"))
}

fn directive_with<'t>(text: &'t str, name: &str, sign: &str) -> Option<(&'t str, TextSize)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = text.len() - body.len();
    let mut seen: Vec<String> = Vec::new();
    for (number, line) in body.split('\n').enumerate() {
        let start = at;
        at += line.len() + 1;
        if number == 0 && line.starts_with("#!") {
            continue;
        }
        let (key, value, offset) = parts(line, sign)?;
        if !["syntax", "escape", "check"].contains(&&*key) || seen.contains(&key) {
            return None;
        }
        if key == name {
            return Some((value, size(start + offset)));
        }
        seen.push(key);
    }
    None
}

/// Name, value and where the value starts.
fn parts<'l>(line: &'l str, sign: &str) -> Option<(String, &'l str, usize)> {
    let rest = line.trim_end_matches('\r').strip_prefix(sign)?.trim_start();
    let (key, value) = rest.split_once('=')?;
    let key = key.trim_end();
    let is_name = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(|c| c.is_ascii_alphanumeric());
    let value = value.trim();
    let offset = (value.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    (is_name && !value.is_empty()).then(|| (key.to_ascii_lowercase(), value, offset))
}

/// `{"syntax": "image"}` as the whole file.
fn json_syntax(text: &str) -> Option<String> {
    let body = text.trim();
    let inner = body.strip_prefix('{').filter(|_| body.ends_with('}'))?;
    let (_, behind) = inner.split_once("\"syntax\"")?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}

fn size(n: usize) -> TextSize {
    TextSize::new(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    fn frontend(text: &str) -> Frontend {
        let parse = dfopt_syntax::parse(text);
        Model::new(text, &parse, Options::default()).frontend()
    }

    #[test]
    fn frontends_are_told_apart() {
        let docker = |version, is_labs| Frontend::Docker { version, is_labs };
        for (text, expected) in [
            ("FROM a", Frontend::Builtin),
            ("# syntax=docker/dockerfile:1\n", docker(None, false)),
            ("# syntax=docker/dockerfile:1.7\n", docker(Some((1, 7)), false)),
            ("# syntax = docker.io/docker/dockerfile-upstream:1.14.1-labs\n", docker(Some((1, 14)), true)),
            ("#!/bin/x\n# syntax=mirror.example/docker/dockerfile\n", docker(None, false)),
            ("# escape=`\n# syntax=docker/dockerfile:1.4@sha256:00\n", docker(None, false)),
            ("# remark\n# syntax=example.com/x\n", Frontend::Builtin),
            (" # syntax=example.com/x\n", Frontend::Builtin),
            ("# syntax=example.com/x:1 --flag\n", Frontend::Foreign("example.com/x:1".into())),
            ("// syntax=example.com/x\n", Frontend::Foreign("example.com/x".into())),
            ("{\"syntax\": \"example.com/x\"}\n", Frontend::Foreign("example.com/x".into())),
        ] {
            assert_eq!(frontend(text), expected, "{text}");
        }
    }

    #[test]
    fn check_directives_are_read_up_to_the_first_blank() {
        let text = "# check=skip=A,B;error=true because\nFROM a\n";
        let parse = dfopt_syntax::parse(text);
        let check = Model::new(text, &parse, Options::default()).check_directive().unwrap();
        let names: Vec<_> = check.skip.iter().map(|(name, range)| (name.as_str(), &text[*range])).collect();
        assert_eq!(names, [("A", "A"), ("B", "B")]);
        assert!(check.is_error && check.malformed.is_empty());
        assert_eq!(&text[check.range], "skip=A,B;error=true");
        let check = CheckDirective::parse("skip=all;;x", TextSize::new(0));
        assert!(check.skips_all);
        assert_eq!(check.malformed.len(), 2);
        assert_eq!(CheckDirective::parse("error=maybe", TextSize::new(0)).malformed.len(), 1);
    }
}
