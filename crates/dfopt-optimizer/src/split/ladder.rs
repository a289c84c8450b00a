//! The base images that a runtime stage may start from, from the smallest that is safe to try upward.

use dfopt_semantic::image_ref::ImageRef;
use dfopt_semantic::model::{Base, Model};

use super::Runtime;
use crate::evidence::Release;

/// A base image to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub image: String,
    /// Why it is worth a try.
    pub why: String,
    /// What it installs packages with, if anything.
    pub package_manager: Option<String>,
}

/// What decides which bases are worth a try.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The distribution of the original image; `None` for what its tag suggests.
    pub release: Option<Release>,
    /// Whether the program is linked statically.
    pub is_static: Option<bool>,
    /// Whether the image's commands need a shell.
    pub needs_shell: bool,
}

/// The base images for a choice, in the order in which they are tried.
#[must_use]
pub fn candidates(model: &Model<'_>, runtime: &Runtime, known: &Known) -> Vec<Candidate> {
    let Some(stage) = model.target() else { return Vec::new() };
    let Base::Image(image) = &stage.base else { return Vec::new() };
    let release = known.release.clone().or_else(|| assumed_release(image));
    let ladder = Ladder { image, release, known };
    let mut found = match runtime {
        Runtime::Auto => ladder.auto(),
        Runtime::Smallest => ladder.smallest(),
        Runtime::Same => vec![ladder.same()],
        Runtime::Slim => ladder.slim().into_iter().collect(),
        Runtime::Distroless => ladder.distroless(),
        Runtime::Alpine => vec![ladder.alpine()],
        Runtime::Scratch => vec![candidate("scratch", "asked for", None)],
        Runtime::Image(image) => vec![ladder.named(image)],
    };
    let mut seen = Vec::new();
    found.retain(|candidate| {
        let new = !seen.contains(&candidate.image);
        seen.push(candidate.image.clone());
        new
    });
    found
}

struct Ladder<'l> {
    image: &'l ImageRef,
    release: Option<Release>,
    known: &'l Known,
}

fn candidate(image: impl Into<String>, why: &str, manager: Option<&str>) -> Candidate {
    Candidate { image: image.into(), why: why.into(), package_manager: manager.map(Into::into) }
}

impl Ladder<'_> {
    fn auto(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        if self.known.is_static == Some(true) && !self.known.needs_shell {
            found.push(self.distroless_image("static", "the program is linked statically and needs no shell"));
        }
        found.extend(self.slim());
        if !self.is_toolchain() {
            found.push(self.same());
        }
        found
    }

    fn smallest(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        if !self.known.needs_shell {
            found.push(candidate("scratch", "the smallest there is", None));
            found.extend(self.distroless());
        }
        found.push(self.alpine());
        found.extend(self.auto());
        found
    }

    fn distroless(&self) -> Vec<Candidate> {
        let kinds = [
            ("static", "for programs that need no library"),
            ("base", "has the C library"),
            ("cc", "has the C++ library too"),
        ];
        kinds.iter().map(|(kind, why)| self.distroless_image(kind, why)).collect()
    }

    fn distroless_image(&self, kind: &str, why: &str) -> Candidate {
        let release =
            self.release.as_ref().filter(|release| release.id == "debian").map(|release| release.version.as_str());
        let image = match release {
            Some(version) => format!("gcr.io/distroless/{kind}-debian{version}"),
            None => format!("gcr.io/distroless/{kind}-debian{}", DEBIAN[0].1),
        };
        candidate(image, why, None)
    }

    fn alpine(&self) -> Candidate {
        let tag = match &self.release {
            Some(release) if release.id == "alpine" => minor(&release.version),
            _ => ALPINE.to_owned(),
        };
        candidate(format!("alpine:{tag}"), "small, with musl and BusyBox", Some("apk"))
    }

    fn same(&self) -> Candidate {
        candidate(self.image.familiar(), "the original base", self.manager())
    }

    fn named(&self, image: &str) -> Candidate {
        let manager = match ImageRef::parse(image).ok().map(|image| image.name().to_owned()).as_deref() {
            Some("alpine") => Some("apk"),
            Some("debian" | "ubuntu") => Some("apt"),
            _ if image.contains("distroless") || image == "scratch" => None,
            _ if image.contains("alpine") => Some("apk"),
            _ => self.manager(),
        };
        candidate(image, "asked for", manager)
    }

    fn manager(&self) -> Option<&'static str> {
        match self.release.as_ref().map(|release| release.id.as_str()) {
            Some("alpine") => Some("apk"),
            Some("debian" | "ubuntu") => Some("apt"),
            _ => None,
        }
    }

    fn is_toolchain(&self) -> bool {
        TOOLCHAINS.contains(&self.image.name())
    }

    /// The slim sibling, or the plain distribution in the same release.
    fn slim(&self) -> Option<Candidate> {
        let tag = self.image.effective_tag().unwrap_or("latest");
        let name = self.image.name();
        if SLIM_SIBLINGS.contains(&name) && self.image.is_official() {
            let is_small = tag.contains("slim") || tag.contains("alpine");
            let slim = match tag {
                "latest" => "slim".to_owned(),
                tag => match CODENAMES.iter().find_map(|name| {
                    tag.strip_suffix(name).and_then(|rest| rest.strip_suffix('-')).map(|rest| (rest, name))
                }) {
                    Some((version, codename)) => format!("{version}-slim-{codename}"),
                    None => format!("{tag}-slim"),
                },
            };
            return (!is_small).then(|| {
                candidate(format!("{name}:{slim}"), "the slim variant of the same version and release", Some("apt"))
            });
        }
        let release = self.release.as_ref()?;
        match release.id.as_str() {
            "debian" => {
                let codename = if release.codename.is_empty() { &release.version } else { &release.codename };
                Some(candidate(
                    format!("debian:{codename}-slim"),
                    "the same release without the toolchain",
                    Some("apt"),
                ))
            }
            "alpine" => Some(candidate(
                format!("alpine:{}", minor(&release.version)),
                "the same release without the toolchain",
                Some("apk"),
            )),
            "ubuntu" => Some(candidate(
                format!("ubuntu:{}", release.version),
                "the same release without the toolchain",
                Some("apt"),
            )),
            _ => None,
        }
    }
}

/// Official images that come in a slim variant with the same program.
const SLIM_SIBLINGS: &[&str] = &["node", "python", "ruby", "perl", "debian", "erlang", "haskell-slim"];

/// Images that are nothing but a toolchain.
const TOOLCHAINS: &[&str] = &[
    "golang",
    "rust",
    "gcc",
    "maven",
    "gradle",
    "buildpack-deps",
    "haskell",
    "swift",
    "elixir",
    "erlang",
    "sbt",
    "clojure",
];

/// Debian releases, newest first.
const DEBIAN: &[(&str, &str)] =
    &[("trixie", "13"), ("bookworm", "12"), ("bullseye", "11"), ("buster", "10"), ("stretch", "9")];

const CODENAMES: &[&str] = &["trixie", "bookworm", "bullseye", "buster", "stretch"];

/// The newest release of Alpine known here (November 2026).
const ALPINE: &str = "3.22";

fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The distribution that a tag suggests.
fn assumed_release(image: &ImageRef) -> Option<Release> {
    let tag = image.effective_tag().unwrap_or("latest");
    if let Some(at) = tag.find("alpine") {
        let version = tag[at + "alpine".len()..].split('-').next().unwrap_or_default();
        let version = if version.is_empty() { ALPINE } else { version };
        return Some(Release { id: "alpine".into(), version: version.into(), codename: String::new() });
    }
    if image.name() == "alpine" {
        let version = if tag.starts_with("3.") { tag } else { ALPINE };
        return Some(Release { id: "alpine".into(), version: version.into(), codename: String::new() });
    }
    if image.name() == "ubuntu" {
        return Some(Release { id: "ubuntu".into(), version: tag.into(), codename: String::new() });
    }
    let named = DEBIAN.iter().find(|(codename, _)| tag.contains(codename));
    let (codename, version) = named.or_else(|| image.is_official().then(|| DEBIAN.first()).flatten())?;
    Some(Release { id: "debian".into(), version: (*version).into(), codename: (*codename).into() })
}
