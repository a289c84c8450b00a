//! What the tag of an image says about its base.

use super::release::{Distro, Release, find_codename, find_release};

/// A tag, cut at its dashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) text: &'a str,
    tokens: Vec<&'a str>,
}

impl<'a> Tag<'a> {
    pub(super) fn new(text: &'a str) -> Tag<'a> {
        Tag { text, tokens: text.split('-').collect() }
    }

    /// Whether a part begins with `start`.
    pub(super) fn has(&self, start: &str) -> bool {
        self.tokens.iter().any(|token| token.starts_with(start))
    }

    /// The first part that is a version, without a leading `v`; empty if none.
    pub(super) fn version(&self) -> &'a str {
        let number = |token: &&'a str| token.starts_with(|c: char| c.is_ascii_digit());
        self.tokens.iter().map(|token| token.strip_prefix('v').unwrap_or(token)).find(number).unwrap_or("")
    }

    /// The version of a part such as `alpine3.19`; empty if it has none, `None` if there is no such part.
    pub(super) fn version_behind(&self, name: &str) -> Option<&'a str> {
        let number = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c == '.');
        self.tokens.iter().enumerate().find_map(|(at, token)| {
            let rest = token.strip_prefix(name)?;
            if rest.is_empty() {
                // Some write `ubuntu-22.04`.
                let next = self.tokens.get(at + 1).filter(|next| at > 0 && number(next) && next.contains('.'));
                return Some(next.copied().unwrap_or(""));
            }
            number(rest).then_some(rest)
        })
    }

    /// The distribution and, if stated, its release.
    pub(super) fn base(&self) -> Option<(Distro, Option<&'static Release>)> {
        if let Some(release) = self.tokens.iter().find_map(|token| find_codename(token)) {
            return Some((release.distro, Some(release)));
        }
        const NAMED: [(&str, Distro); 13] = [
            ("alpine", Distro::Alpine),
            ("debian", Distro::Debian),
            ("ubuntu", Distro::Ubuntu),
            ("ubi", Distro::Rhel),
            ("al", Distro::Amazon),
            ("amazonlinux", Distro::Amazon),
            ("oraclelinux", Distro::Oracle),
            ("oracle", Distro::Oracle),
            ("ol", Distro::Oracle),
            ("rockylinux", Distro::Rocky),
            ("azurelinux", Distro::AzureLinux),
            ("mariner", Distro::AzureLinux),
            ("cbl", Distro::AzureLinux),
        ];
        NAMED.into_iter().find_map(|(name, distro)| {
            let version = self.version_behind(name)?;
            // `al` and `ol` alone are no names.
            if version.is_empty() && name.len() == 2 {
                return None;
            }
            let version = if distro == Distro::Alpine { minor(version) } else { version };
            Some((distro, find_release(distro, version)))
        })
    }

    /// The tag with `-slim` where images of its kind have it, `None` if it is there already.
    pub(super) fn with_slim(&self, place: SlimPlace) -> Option<String> {
        if self.has("slim") || self.has("alpine") || self.has("windows") || self.has("nanoserver") {
            return None;
        }
        if self.text == "latest" {
            return Some("slim".to_owned());
        }
        let codename = self.tokens.iter().position(|token| find_codename(token).is_some());
        let mut tokens = self.tokens.clone();
        match (place, codename) {
            (SlimPlace::BeforeCodename, Some(at)) => tokens.insert(at, "slim"),
            _ => tokens.push("slim"),
        }
        Some(tokens.join("-"))
    }

    /// The tag with one part in place of another, `None` if it has no such part.
    pub(super) fn replaced(&self, from: &str, to: &str) -> Option<String> {
        let at = self.tokens.iter().position(|token| *token == from)?;
        let mut tokens = self.tokens.clone();
        tokens[at] = to;
        Some(tokens.join("-"))
    }
}

/// Where `slim` stands in a tag with a code name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlimPlace {
    /// `3.12-slim-bookworm`
    BeforeCodename,
    /// `20-bookworm-slim`
    Last,
}

/// `3.19` of `3.19.1`.
pub(super) fn minor(version: &str) -> &str {
    version.match_indices('.').nth(1).map_or(version, |(at, _)| &version[..at])
}

/// Whether `version` is `prefix` or begins with it and a dot; the empty prefix fits only the empty version.
pub(super) fn is_version_of(prefix: &str, version: &str) -> bool {
    version.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || (!prefix.is_empty() && rest.starts_with('.')))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_their_base() {
        for (tag, base) in [
            ("3.12-slim-bookworm", "Debian 12 (bookworm)"),
            ("1.22-alpine3.19", "Alpine 3.19"),
            ("alpine3.19.1", "Alpine 3.19"),
            ("17-jre-jammy", "Ubuntu 22.04 (jammy)"),
            ("17-ubi9-minimal", "Red Hat UBI 9"),
            ("21-al2023", "Amazon Linux 2023"),
            ("12.2.0-devel-ubuntu22.04", "Ubuntu 22.04 (jammy)"),
            ("6.0-ubuntu-22.04", "Ubuntu 22.04 (jammy)"),
            ("nonroot-debian12", "Debian 12 (bookworm)"),
        ] {
            let (_, release) = Tag::new(tag).base().unwrap();
            assert_eq!(release.unwrap().title(), base, "{tag}");
        }
        assert_eq!(Tag::new("3-alpine").base().unwrap().1, None);
        assert_eq!(Tag::new("3.12").base(), None);
        assert_eq!(Tag::new("alpha-1").base(), None);
        assert_eq!(Tag::new("v2.1-rc").version(), "2.1");
        assert_eq!(Tag::new("bookworm").version(), "");
    }

    #[test]
    fn slim_goes_where_the_image_has_it() {
        let slim = |tag, place| Tag::new(tag).with_slim(place);
        assert_eq!(slim("3.12-bookworm", SlimPlace::BeforeCodename).as_deref(), Some("3.12-slim-bookworm"));
        assert_eq!(slim("20-bookworm", SlimPlace::Last).as_deref(), Some("20-bookworm-slim"));
        assert_eq!(slim("20", SlimPlace::Last).as_deref(), Some("20-slim"));
        assert_eq!(slim("latest", SlimPlace::Last).as_deref(), Some("slim"));
        assert_eq!(slim("20-alpine", SlimPlace::Last), None);
        assert_eq!(Tag::new("17-jdk-jammy").replaced("jdk", "jre").as_deref(), Some("17-jre-jammy"));
        assert!(is_version_of("3.1", "3.1.4") && !is_version_of("3.1", "3.12") && !is_version_of("", "3"));
    }
}
