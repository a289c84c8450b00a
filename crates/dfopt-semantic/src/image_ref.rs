//! Image references: `[domain/]path[:tag][@digest]`, read and normalised.

use std::fmt;
use std::ops::Range;

/// The registry meant when none is written.
pub const DEFAULT_DOMAIN: &str = "docker.io";
/// The tag meant when neither tag nor digest is written.
pub const DEFAULT_TAG: &str = "latest";

const OFFICIAL_PREFIX: &str = "library/";
const LONGEST_PATH: usize = 255;
const LONGEST_TAG: usize = 128;

/// A parsed image reference, with its places in the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRef {
    /// The registry, `docker.io` if none was written.
    pub domain: String,
    /// The repository path, with an implied `library/`.
    pub path: String,
    /// The tag as written.
    pub tag: Option<String>,
    /// The digest as written, such as `sha256:…`.
    pub digest: Option<String>,
    /// The place of the domain.
    pub domain_range: Option<Range<usize>>,
    /// The place of the path.
    pub path_range: Range<usize>,
    /// The place of the tag, without its colon.
    pub tag_range: Option<Range<usize>>,
    /// The place of the digest, without its `@`.
    pub digest_range: Option<Range<usize>>,
}

/// Why a text is no image reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageRefError {
    /// There is no repository name.
    EmptyName {
        /// Where it should stand; may be empty.
        range: Range<usize>,
    },
    /// Upper case in the repository path.
    UpperCase {
        /// The path.
        range: Range<usize>,
    },
    /// A registry name that is no host with an optional port.
    BadDomain {
        /// The domain.
        range: Range<usize>,
    },
    /// A part of the path with other characters than a name may have.
    BadPath {
        /// The part between two slashes.
        range: Range<usize>,
    },
    /// A path of more than 255 characters.
    TooLong {
        /// The path.
        range: Range<usize>,
    },
    /// An empty or ill-formed tag.
    BadTag {
        /// The tag.
        range: Range<usize>,
    },
    /// Not sha256, sha384 or sha512 with its full number of lower-case hexadecimal digits.
    BadDigest {
        /// The digest.
        range: Range<usize>,
    },
    /// 64 hexadecimal digits, which could be taken for an image id.
    LooksLikeId {
        /// The whole text.
        range: Range<usize>,
    },
}

impl ImageRefError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            ImageRefError::EmptyName { range }
            | ImageRefError::UpperCase { range }
            | ImageRefError::BadDomain { range }
            | ImageRefError::BadPath { range }
            | ImageRefError::TooLong { range }
            | ImageRefError::BadTag { range }
            | ImageRefError::BadDigest { range }
            | ImageRefError::LooksLikeId { range } => range,
        }
    }
}

impl ImageRef {
    /// Reads a reference in which nothing is left to expand.
    pub fn parse(text: &str) -> Result<ImageRef, ImageRefError> {
        if text.len() == 64 && text.bytes().all(is_lower_hex) {
            return Err(ImageRefError::LooksLikeId { range: 0..64 });
        }
        let domain_end = domain_end(text);
        let remainder = domain_end.map_or(0, |end| end + 1);
        let digest_at = text[remainder..].find('@').map(|at| remainder + at);
        let named_end = digest_at.unwrap_or(text.len());
        let tag_at = text[remainder..named_end].find(':').map(|at| remainder + at);
        let mut path_range = remainder..tag_at.unwrap_or(named_end);
        let tag_range = tag_at.map(|at| at + 1..named_end);
        let digest_range = digest_at.map(|at| at + 1..text.len());

        // What precedes the first colon must be lower case, a digest's separator included.
        let folded = &text[remainder..text[remainder..].find(':').map_or(text.len(), |at| remainder + at)];
        if folded.to_lowercase() != folded {
            return Err(ImageRefError::UpperCase { range: path_range });
        }
        let mut domain_range = domain_end.map(|end| 0..end);
        let mut domain = domain_range.clone().map_or(DEFAULT_DOMAIN, |range| &text[range]);
        if let Some(range) = &domain_range
            && !is_domain(domain)
        {
            // A first part such as `a_b.c` is no host, yet fits a path; the reference then knows no registry at all.
            let whole = 0..path_range.end;
            if check_path(text, whole.clone()).is_err() {
                return Err(ImageRefError::BadDomain { range: range.clone() });
            }
            (domain_range, domain, path_range) = (None, "", whole);
        }
        check_path(text, path_range.clone())?;
        let domain = if domain == "index.docker.io" { DEFAULT_DOMAIN } else { domain };
        let written = &text[path_range.clone()];
        let official = domain == DEFAULT_DOMAIN && !written.contains('/');
        let path = if official { format!("{OFFICIAL_PREFIX}{written}") } else { written.to_owned() };
        if path.len() > LONGEST_PATH {
            return Err(ImageRefError::TooLong { range: path_range });
        }
        if let Some(range) = &tag_range
            && !is_tag(&text[range.clone()])
        {
            return Err(ImageRefError::BadTag { range: range.clone() });
        }
        if let Some(range) = &digest_range
            && !is_digest(&text[range.clone()])
        {
            return Err(ImageRefError::BadDigest { range: range.clone() });
        }
        let part = |range: &Option<Range<usize>>| range.clone().map(|range| text[range].to_owned());
        Ok(ImageRef {
            domain: domain.to_owned(),
            path,
            tag: part(&tag_range),
            digest: part(&digest_range),
            domain_range,
            path_range,
            tag_range,
            digest_range,
        })
    }

    /// Domain and path in full, such as `docker.io/library/golang`.
    pub fn repository(&self) -> String {
        if self.domain.is_empty() { self.path.clone() } else { format!("{}/{}", self.domain, self.path) }
    }

    /// Domain and path as people write them: `golang`, `bitnami/node`, `gcr.io/distroless/static`.
    pub fn familiar(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return self.repository();
        }
        match self.path.strip_prefix(OFFICIAL_PREFIX) {
            Some(name) if !name.contains('/') => name.to_owned(),
            _ => self.path.clone(),
        }
    }

    /// The last part of the path, such as `golang`.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether it is one of Docker's official images.
    pub fn is_official(&self) -> bool {
        self.domain == DEFAULT_DOMAIN && self.path.strip_prefix(OFFICIAL_PREFIX).is_some_and(|name| !name.contains('/'))
    }

    /// The tag that decides, `None` when only a digest does.
    pub fn effective_tag(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, Some(_)) => None,
            (None, None) => Some(DEFAULT_TAG),
        }
    }

    /// The same repository under another tag, written as people do, without a digest.
    pub fn with_tag(&self, tag: &str) -> String {
        format!("{}:{tag}", self.familiar())
    }
}

/// The normalised form in full, with `latest` if nothing else selects.
impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository())?;
        if let Some(tag) = self.effective_tag() {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// The end of the first part, if that is a domain.
fn domain_end(text: &str) -> Option<usize> {
    let (first, _) = text.split_once('/')?;
    let is_domain = first == "localhost" || first.contains(['.', ':']) || first.to_lowercase() != first;
    is_domain.then_some(first.len())
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rfind(':') {
        Some(colon) if !text.ends_with(']') => (&text[..colon], Some(&text[colon + 1..])),
        _ => (text, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    }
    host.split('.').all(|label| {
        let bytes = label.as_bytes();
        bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    })
}

fn check_path(text: &str, range: Range<usize>) -> Result<(), ImageRefError> {
    if range.is_empty() {
        return Err(ImageRefError::EmptyName { range });
    }
    let mut at = range.start;
    for part in text[range].split('/') {
        let here = at..at + part.len();
        if part.is_empty() {
            return Err(ImageRefError::EmptyName { range: here });
        }
        if !is_path_component(part) {
            return Err(ImageRefError::BadPath { range: here });
        }
        at = here.end + 1;
    }
    Ok(())
}

/// Runs of lower-case letters and digits, joined by one `.`, one or two `_`, or any number of `-`.
fn is_path_component(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = part;
    loop {
        let after = rest.trim_start_matches(alphanumeric);
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        let joint = after.find(alphanumeric).unwrap_or(after.len());
        let (joint, behind) = after.split_at(joint);
        if !matches!(joint, "." | "_" | "__") && !joint.bytes().all(|b| b == b'-') {
            return false;
        }
        rest = behind;
    }
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= LONGEST_TAG && tag.starts_with(word) && tag.chars().all(|c| word(c) || c == '.' || c == '-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(is_lower_hex)
}

fn is_lower_hex(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_normalised() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        for (text, full, familiar) in [
            ("alpine", "docker.io/library/alpine:latest", "alpine"),
            ("alpine:3.19", "docker.io/library/alpine:3.19", "alpine"),
            ("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine"),
            ("bitnami/node:20", "docker.io/bitnami/node:20", "bitnami/node"),
            ("gcr.io/distroless/static", "gcr.io/distroless/static:latest", "gcr.io/distroless/static"),
            ("localhost/x", "localhost/x:latest", "localhost/x"),
            ("localhost:5000/a/b:1", "localhost:5000/a/b:1", "localhost:5000/a/b"),
            ("Reg/x", "Reg/x:latest", "Reg/x"),
            ("[::1]:5000/x", "[::1]:5000/x:latest", "[::1]:5000/x"),
            ("a__b/c-d--e.f", "docker.io/a__b/c-d--e.f:latest", "a__b/c-d--e.f"),
            ("a_b.c/x", "a_b.c/x:latest", "a_b.c/x"),
        ] {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!((image.to_string().as_str(), image.familiar().as_str()), (full, familiar), "{text}");
        }
        let pinned = ImageRef::parse(&format!("alpine:3@{digest}")).unwrap();
        assert_eq!(pinned.to_string(), format!("docker.io/library/alpine:3@{digest}"));
        assert_eq!(ImageRef::parse(&format!("alpine@{digest}")).unwrap().effective_tag(), None);
    }

    #[test]
    fn parts_have_places() {
        let text = format!("quay.io:443/org/tool:v1@sha512:{}", "a".repeat(128));
        let image = ImageRef::parse(&text).unwrap();
        assert_eq!(&text[image.domain_range.clone().unwrap()], "quay.io:443");
        assert_eq!(&text[image.path_range.clone()], "org/tool");
        assert_eq!(&text[image.tag_range.clone().unwrap()], "v1");
        assert!(text[image.digest_range.clone().unwrap()].starts_with("sha512:"));
        assert_eq!((image.name(), image.is_official()), ("tool", false));
        assert!(ImageRef::parse("golang:1").unwrap().is_official());
        assert_eq!(image.with_tag("v2"), "quay.io:443/org/tool:v2");
    }

    #[test]
    fn errors_mark_the_smallest_cause() {
        let long = "x".repeat(248);
        let hex = "a".repeat(64);
        let short = format!("x@sha256:{}", "a".repeat(63));
        let md5 = format!("x@md5:{}", "a".repeat(32));
        for (text, marked) in [
            ("", ""),
            (":tag", ""),
            ("Alpine", "Alpine"),
            ("org/App:1", "org/App"),
            ("x:", ""),
            ("x:-1", "-1"),
            ("x:1:2", "1:2"),
            ("x@sha256:abc", "sha256:abc"),
            ("a//b", ""),
            ("a..b", "a..b"),
            ("a___b", "a___b"),
            ("a-", "a-"),
            ("-x.io/y", "-x.io"),
            ("reg:port/y", "reg:port"),
            ("$x", "$x"),
            (hex.as_str(), hex.as_str()),
            (long.as_str(), long.as_str()),
            (short.as_str(), &short[2..]),
            (md5.as_str(), &md5[2..]),
        ] {
            let error = ImageRef::parse(text).unwrap_err();
            assert_eq!(&text[error.range().clone()], marked, "{text}: {error:?}");
        }
    }

    proptest! {
        #[test]
        fn the_full_form_reads_back_the_same(text in "([a-zA-Z.:]{1,8}/)?[a-z0-9._/-]{1,12}(:[a-zA-Z0-9._-]{1,8})?") {
            if let Ok(image) = ImageRef::parse(&text) {
                let again = ImageRef::parse(&image.to_string()).unwrap();
                prop_assert_eq!(again.to_string(), image.to_string());
            }
        }

        #[test]
        fn any_text_is_judged(text in "[a-zA-Z0-9.:/@_\\[\\]éİ$-]{0,24}") {
            if let Err(error) = ImageRef::parse(&text) {
                prop_assert!(text.get(error.range().clone()).is_some());
            }
        }
    }
}
