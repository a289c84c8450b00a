//! The many names of one repository, made one.

use std::borrow::Cow;

use super::release::{Distro, Release, find_release};
use crate::image_ref::ImageRef;

/// A repository as the table calls it, and the release if its name says that.
pub(super) struct Name<'a> {
    pub(super) repo: Cow<'a, str>,
    pub(super) release: Option<&'static Release>,
}

/// Where copies of Docker's official images are.
const MIRRORS: [&str; 4] = [
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
    "registry.hub.docker.com/library/",
    "registry-1.docker.io/library/",
];

const ALIASES: [(&str, &str); 9] = [
    ("public.ecr.aws/amazonlinux/amazonlinux", "amazonlinux"),
    ("public.ecr.aws/amazoncorretto/amazoncorretto", "amazoncorretto"),
    ("quay.io/centos/centos", "centos"),
    ("quay.io/fedora/fedora", "fedora"),
    ("registry.fedoraproject.org/fedora", "fedora"),
    ("registry.opensuse.org/opensuse/leap", "opensuse/leap"),
    ("registry.opensuse.org/opensuse/tumbleweed", "opensuse/tumbleweed"),
    ("container-registry.oracle.com/os/oraclelinux", "oraclelinux"),
    ("chainguard/wolfi-base", "cgr.dev/chainguard/wolfi-base"),
];

const RED_HAT: [&str; 3] = ["registry.access.redhat.com/", "registry.redhat.io/", "redhat/"];

impl Name<'_> {
    pub(super) fn of(image: &ImageRef) -> Name<'static> {
        let full = image.familiar();
        let mirrored = MIRRORS.iter().find_map(|mirror| full.strip_prefix(mirror)).map(str::to_owned);
        let full = mirrored.unwrap_or(full);
        let alias = ALIASES.iter().find(|(name, _)| *name == full).map(|(_, alias)| *alias);
        let full = alias.map_or(full, str::to_owned);
        let named = RED_HAT
            .iter()
            .find_map(|prefix| full.strip_prefix(prefix))
            .or(Some(full.as_str()).filter(|name| name.starts_with("ubi")))
            .and_then(red_hat)
            .or_else(|| full.strip_prefix("gcr.io/distroless/").map(distroless));
        let (repo, release) = named.unwrap_or((full, None));
        Name { repo: Cow::Owned(repo), release }
    }
}

/// `ubi9`, `ubi9/ubi-minimal`, `ubi9-minimal`, `ubi9/nodejs-20` …
fn red_hat(path: &str) -> Option<(String, Option<&'static Release>)> {
    let rest = path.strip_prefix("ubi")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (version, rest) = rest.split_at(digits);
    let release = find_release(Distro::Rhel, version)?;
    let repo = match rest {
        "" | "/ubi" => "ubi".to_owned(),
        _ => match rest.strip_prefix("/ubi-").or(rest.strip_prefix('-')) {
            Some(variant) => format!("ubi-{variant}"),
            None => {
                let image = rest.strip_prefix('/')?;
                let plain: Vec<&str> =
                    image.split('-').filter(|part| !part.starts_with(|c: char| c.is_ascii_digit())).collect();
                format!("ubi/{}", plain.join("-"))
            }
        },
    };
    Some((repo, Some(release)))
}

/// `static-debian12`, `nodejs22-debian13`, `java17`, `cc` …
fn distroless(path: &str) -> (String, Option<&'static Release>) {
    let (name, release) = match path.rsplit_once("-debian") {
        Some((name, version)) => (name, find_release(Distro::Debian, version)),
        None => (path, None),
    };
    let family = ["java", "nodejs"].into_iter().find(|family| {
        name.strip_prefix(family).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    (format!("distroless/{}", family.unwrap_or(name)), release)
}
