//! Platforms: `os[(version)][/architecture[/variant]]`, or one known name alone.

use std::fmt;
use std::ops::Range;

/// A platform in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    /// The operating system; `linux` when only an architecture is written, as builders that run there take it.
    pub os: String,
    /// The version in parentheses, as written.
    pub os_version: Option<String>,
    /// Features of the operating system, from `+name` behind its version.
    pub os_features: Vec<String>,
    /// The architecture, `None` when only an operating system is written: it is then the builder's own.
    pub architecture: Option<String>,
    /// The variant where it is not the usual one.
    pub variant: Option<String>,
}

/// Why a text is no platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformError {
    /// A part with characters that no platform has.
    BadPart {
        /// The part between two slashes.
        range: Range<usize>,
    },
    /// More than three parts.
    TooManyParts {
        /// All from the fourth on.
        range: Range<usize>,
    },
    /// A single name that is neither operating system nor architecture.
    UnknownName {
        /// The name.
        range: Range<usize>,
    },
}

impl PlatformError {
    /// The smallest range to mark.
    pub fn range(&self) -> &Range<usize> {
        match self {
            PlatformError::BadPart { range }
            | PlatformError::TooManyParts { range }
            | PlatformError::UnknownName { range } => range,
        }
    }
}

const SYSTEMS: [&str; 17] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];

const ARCHITECTURES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// Reads and normalises a platform that is not empty.
    pub fn parse(text: &str) -> Result<Platform, PlatformError> {
        let mut parts = Vec::new();
        let mut at = 0;
        for part in text.split('/') {
            parts.push((part, at..at + part.len()));
            at += part.len() + 1;
        }
        let Some(((os_text, os_range), rest)) = parts.split_first() else {
            return Err(PlatformError::BadPart { range: 0..0 });
        };
        let Some((os, version, features)) = split_os(os_text) else {
            return Err(PlatformError::BadPart { range: os_range.clone() });
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        for (part, range) in rest.iter().take(2) {
            if part.is_empty() || !part.chars().all(allowed) {
                return Err(PlatformError::BadPart { range: range.clone() });
            }
        }
        if let Some((_, range)) = rest.get(2) {
            return Err(PlatformError::TooManyParts { range: range.start..text.len() });
        }
        let mut os = os.to_ascii_lowercase();
        if os == "macos" {
            os = "darwin".to_owned();
        }
        let os_version = version.filter(|version| !version.is_empty()).map(str::to_owned);
        let os_features = features.into_iter().map(str::to_owned).collect();
        let (architecture, variant) = match rest {
            [] if SYSTEMS.contains(&os.as_str()) => (None, None),
            [] => {
                let (architecture, variant) = normalize(os_text, "");
                if !ARCHITECTURES.contains(&architecture.as_str()) {
                    return Err(PlatformError::UnknownName { range: os_range.clone() });
                }
                os = "linux".to_owned();
                (Some(architecture.clone()), usual(&architecture, variant))
            }
            [(architecture, _)] => {
                let (architecture, variant) = normalize(architecture, "");
                (Some(architecture.clone()), usual(&architecture, variant))
            }
            [(architecture, _), (variant, _), ..] => {
                let (architecture, variant) = normalize(architecture, variant);
                let variant = match (architecture.as_str(), variant.is_empty()) {
                    ("arm64", true) => "v8".to_owned(),
                    _ => variant,
                };
                (Some(architecture), Some(variant).filter(|variant| !variant.is_empty()))
            }
        };
        Ok(Platform { os, os_version, os_features, architecture, variant })
    }

    /// Whether both run the same programs: the usual variants (`arm/v7`, `arm64/v8`) equal none.
    pub fn same_machine(&self, other: &Platform) -> bool {
        let variant = |platform: &Platform| {
            let (architecture, variant) = (platform.architecture.as_deref(), platform.variant.clone());
            variant.filter(|variant| {
                !matches!((architecture, variant.as_str()), (Some("arm"), "v7") | (Some("arm64"), "v8"))
            })
        };
        self.os == other.os && self.architecture == other.architecture && variant(self) == variant(other)
    }
}

/// `os/architecture/variant` as far as known, without version and features.
impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.os)?;
        for part in [&self.architecture, &self.variant].into_iter().flatten() {
            write!(f, "/{part}")?;
        }
        Ok(())
    }
}

/// Name, version and features of `os(version+feature)`.
fn split_os(text: &str) -> Option<(&str, Option<&str>, Vec<&str>)> {
    let (name, options) = match text.split_once('(') {
        Some((name, options)) => (name, Some(options.strip_suffix(')')?)),
        None => (text, None),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        return None;
    }
    let Some(options) = options else { return Some((name, None, Vec::new())) };
    if !options.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '%' | '-' | '+')) {
        return None;
    }
    let mut parts = options.split('+');
    let version = parts.next();
    Some((name, version, parts.filter(|feature| !feature.is_empty()).collect()))
}

fn normalize(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (architecture.to_ascii_lowercase(), variant.to_ascii_lowercase());
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

/// Without `v7` for arm, which is what `arm` alone means.
fn usual(architecture: &str, variant: String) -> Option<String> {
    Some(variant).filter(|variant| !variant.is_empty() && (architecture, variant.as_str()) != ("arm", "v7"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_normalised() {
        for (text, normal) in [
            ("linux/amd64", "linux/amd64"),
            ("Linux/x86_64", "linux/amd64"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64/v8"),
            ("linux/arm/7", "linux/arm/v7"),
            ("linux/arm", "linux/arm"),
            ("linux/armel", "linux/arm/v6"),
            ("linux/amd64/v2", "linux/amd64/v2"),
            ("macos/arm64", "darwin/arm64"),
            ("windows(10.0.17763)/amd64", "windows/amd64"),
            ("amd64", "linux/amd64"),
            ("armhf", "linux/arm"),
            ("linux", "linux"),
            ("linux/unheardof", "linux/unheardof"),
        ] {
            assert_eq!(Platform::parse(text).unwrap().to_string(), normal, "{text}");
        }
        let windows = Platform::parse("windows(10.0+win32k)/amd64").unwrap();
        assert_eq!((windows.os_version.as_deref(), windows.os_features.len()), (Some("10.0"), 1));
    }

    #[test]
    fn usual_variants_equal_none() {
        let parse = |text| Platform::parse(text).unwrap();
        assert!(parse("linux/arm64").same_machine(&parse("linux/arm64/v8")));
        assert!(parse("linux/arm").same_machine(&parse("linux/arm/v7")));
        assert!(!parse("linux/arm").same_machine(&parse("linux/arm/v6")));
    }

    #[test]
    fn errors_mark_their_part() {
        for (text, marked) in [
            ("", ""),
            ("toaster", "toaster"),
            ("linux/", ""),
            ("linux/a b", "a b"),
            ("linux/arm/v7/x/y", "x/y"),
            ("lin.ux/amd64", "lin.ux"),
            ("windows(1/amd64", "windows(1"),
        ] {
            let error = Platform::parse(text).unwrap_err();
            assert_eq!(&text[error.range().clone()], marked, "{text}");
        }
    }
}
