//! Repositories that hold images of one platform only, by their names.

use super::names::Name;
use super::{BaseFacts, Extra, Os};
use crate::image_ref::ImageRef;
use crate::platform::Platform;

/// Docker's repositories for one architecture each.
const ORGANISATIONS: [(&str, &str); 11] = [
    ("amd64", "linux/amd64"),
    ("arm32v5", "linux/arm/v5"),
    ("arm32v6", "linux/arm/v6"),
    ("arm32v7", "linux/arm/v7"),
    ("arm64v8", "linux/arm64"),
    ("i386", "linux/386"),
    ("mips64le", "linux/mips64le"),
    ("ppc64le", "linux/ppc64le"),
    ("riscv64", "linux/riscv64"),
    ("s390x", "linux/s390x"),
    ("winamd64", "windows/amd64"),
];

/// The only platform that there are images of; `None` if there are several, or it is not known. The architecture may be
/// left open.
#[must_use]
pub fn only_platform<'e>(image: &ImageRef, extra: impl Into<Option<&'e Extra>>) -> Option<Platform> {
    let familiar = image.familiar();
    let organisation = familiar.split_once('/').map(|(organisation, _)| organisation);
    let of_organisation = ORGANISATIONS.iter().find(|(name, _)| organisation == Some(name));
    if let Some((_, platform)) = of_organisation {
        return Platform::parse(platform).ok();
    }
    let facts = BaseFacts::lookup(image, extra)?;
    // .NET's images are of both systems, unless the tag says which.
    let is_shared = Name::of(image).repo.starts_with("mcr.microsoft.com/dotnet/");
    match facts.os {
        Os::Windows => Platform::parse("windows").ok(),
        Os::Linux if is_shared => None,
        Os::Linux => Platform::parse("linux").ok(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        let of = |name: &str| {
            let platform = only_platform(&ImageRef::parse(name).unwrap(), None)?;
            Some(format!("{}/{}", platform.os, platform.architecture.unwrap_or_default()))
        };
        for (name, want) in [
            ("arm64v8/alpine:3.22", Some("linux/arm64")),
            ("mcr.microsoft.com/windows/nanoserver:ltsc2022", Some("windows/")),
            ("debian:13", Some("linux/")),
            ("mcr.microsoft.com/dotnet/sdk:8.0", None),
            ("example.com/x:1", None),
        ] {
            assert_eq!(of(name).as_deref(), want, "{name}");
        }
    }
}
