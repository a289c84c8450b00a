//! The base images that a runtime stage may start from, from the smallest that is safe to try upward. What is known of images is
//! [`BaseFacts`]'; here is only the order.

use dfopt_semantic::base::{BaseFacts, Facts, Kind, PackageManager, Rung as Place};
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
    /// When it is tried.
    pub when: When,
}

/// When a base image is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// If those before it do not pass.
    Always,
    /// If none before it can be had at all.
    NoneBefore,
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
    let bottom = model.chain(stage).last().unwrap_or(stage);
    let Base::Image(image) = &bottom.base else { return Vec::new() };
    let facts = BaseFacts::lookup(image, None);
    let release = known.release.clone().or_else(|| facts.as_ref().and_then(release_of));
    let text = bottom.base_text.clone().unwrap_or_else(|| image.to_string());
    let ladder = Ladder { text, facts, release, known };
    let mut found = match runtime {
        Runtime::Auto => ladder.auto(),
        Runtime::Smallest => ladder.smallest(),
        Runtime::Same => vec![ladder.same()],
        Runtime::Slim => ladder.slim(),
        Runtime::Distroless => ladder.distroless(),
        Runtime::Alpine => vec![ladder.alpine()],
        Runtime::Scratch => vec![candidate("scratch", "asked for")],
        Runtime::Image(image) => vec![candidate(image, "asked for")],
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
    /// The original base as the file names it.
    text: String,
    facts: Option<Facts>,
    release: Option<Release>,
    known: &'l Known,
}

fn candidate(image: impl Into<String>, why: &str) -> Candidate {
    let image = image.into();
    let package_manager = installs_with(&image).map(Into::into);
    Candidate { image, why: why.into(), package_manager, when: When::Always }
}

/// What an image installs packages with, as far as its name tells.
fn installs_with(image: &str) -> Option<&'static str> {
    let facts = ImageRef::parse(image).ok().and_then(|image| BaseFacts::lookup(&image, None));
    match facts.and_then(|facts| facts.package_manager) {
        Some(PackageManager::Apt) => Some("apt"),
        Some(PackageManager::Apk) => Some("apk"),
        _ => None,
    }
}

impl Ladder<'_> {
    /// The same libc and release, the smallest first: no libraries at all for a program that needs none, then siblings of the image,
    /// then the plain distribution, then the image itself where it is more than a toolchain.
    fn auto(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        if self.known.is_static == Some(true) && !self.known.needs_shell {
            found.push(self.distroless_image("static", "the program is linked statically and needs no shell"));
        }
        found.extend(self.slim());
        if !self.is_kind(Kind::Toolchain) {
            found.push(self.same());
        }
        found
    }

    fn smallest(&self) -> Vec<Candidate> {
        let mut found = Vec::new();
        if !self.known.needs_shell {
            found.push(candidate("scratch", "the smallest there is"));
            found.extend(self.distroless());
        }
        found.extend(self.alpine_sibling());
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
        let own = self.release.as_ref().filter(|release| release.id == "debian").map(|release| release.version.clone());
        let newest = || newest("debian").map(|release| release.version);
        let version = own.or_else(newest).unwrap_or_default();
        candidate(format!("gcr.io/distroless/{kind}-debian{version}"), why)
    }

    fn alpine(&self) -> Candidate {
        let own = self.release.clone().filter(|release| release.id == "alpine").or_else(|| newest("alpine"));
        let image = own.and_then(|release| plain(&release)).unwrap_or_else(|| "alpine".into());
        candidate(image, "small, with musl and BusyBox")
    }

    /// The variant of an interpreter's image that is made of Alpine: an interpreter cannot be carried over to another libc.
    fn alpine_sibling(&self) -> Option<Candidate> {
        let image = ImageRef::parse(&self.text).ok()?;
        let tag = image.effective_tag()?;
        let is_alpine = self.release.as_ref().is_some_and(|release| release.id == "alpine");
        if !self.is_kind(Kind::Interpreter) || !image.is_official() || is_alpine {
            return None;
        }
        let version = tag.split('-').next().filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
        let tag = version.map_or_else(|| "alpine".to_owned(), |version| format!("{version}-alpine"));
        Some(candidate(image.with_tag(&tag), "the same version, with musl and BusyBox"))
    }

    fn same(&self) -> Candidate {
        let mut same = candidate(&self.text, "the original base");
        if same.package_manager.is_none() {
            let manager = self.release.as_ref().and_then(|release| match release.id.as_str() {
                "alpine" => Some("apk"),
                "debian" | "ubuntu" => Some("apt"),
                _ => None,
            });
            same.package_manager = manager.map(Into::into);
        }
        same
    }

    fn is_kind(&self, kind: Kind) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.kind == kind)
    }

    /// Smaller siblings of the image, then the plain distribution of its release.
    fn slim(&self) -> Vec<Candidate> {
        let known = self.facts.iter().flat_map(|facts| &facts.candidates);
        let mut found: Vec<Candidate> = known
            .filter_map(|known| {
                let why = match known.rung {
                    Place::SmallerVariant => "the slim variant of the same version and release",
                    Place::RuntimeOnly => "the runtime of the same version, without what builds",
                    Place::PlainDistro | Place::Static => return None,
                };
                Some(candidate(known.image.clone(), why))
            })
            .collect();
        // An image that is small already has nothing to gain from a distribution that the interpreter would have to be copied to.
        let is_small = self.facts.as_ref().is_some_and(|facts| {
            matches!(facts.kind, Kind::Interpreter | Kind::Runtime | Kind::Minimal) && facts.candidates.is_empty()
        });
        if !is_small && let Some(image) = self.release.as_ref().and_then(plain) {
            let why = if self.is_kind(Kind::Interpreter) {
                "the same release, with the interpreter copied"
            } else {
                "the same release without the toolchain"
            };
            let mut plain = candidate(image, why);
            if self.is_kind(Kind::Interpreter) && !found.is_empty() {
                plain.when = When::NoneBefore;
            }
            found.push(plain);
        }
        found
    }
}

/// The plain image of a release, slim where there is such a variant.
fn plain(release: &Release) -> Option<String> {
    match release.id.as_str() {
        "debian" => {
            let name = if release.codename.is_empty() { &release.version } else { &release.codename };
            (!name.is_empty()).then(|| format!("debian:{name}-slim"))
        }
        // The image of a point release is kept no longer than the next.
        "alpine" => Some(format!("alpine:{}", release.version.split('.').take(2).collect::<Vec<_>>().join("."))),
        "ubuntu" => Some(format!("ubuntu:{}", release.version)),
        "fedora" => Some(format!("fedora:{}", release.version)),
        _ => None,
    }
}

/// The newest release of a distribution, by its plain image's.
fn newest(distribution: &str) -> Option<Release> {
    release_of(&BaseFacts::lookup(&ImageRef::parse(distribution).ok()?, None)?)
}

/// A release of the table in the words of os-release.
fn release_of(facts: &Facts) -> Option<Release> {
    let release = facts.release?;
    let id = release.distro.name().to_ascii_lowercase();
    Some(Release { id, version: release.version.into(), codename: release.codename.into() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use dfopt_semantic::model::Options;
    use dfopt_syntax::parse;

    use super::*;

    fn ladder(from: &str, runtime: &Runtime, known: &Known) -> String {
        let text = format!("FROM {from}\nCMD a\n");
        let parsed = parse(&text);
        let model = Model::new(&text, &parsed, Options::default());
        let found: Vec<String> = candidates(&model, runtime, known).into_iter().map(|found| found.image).collect();
        found.join(" ")
    }

    fn auto(from: &str) -> String {
        ladder(from, &Runtime::Auto, &Known::default())
    }

    #[test]
    fn siblings_come_before_distributions_and_the_image_itself() {
        assert_eq!(auto("golang:1.24"), "debian:trixie-slim");
        assert_eq!(auto("golang:1.22-alpine3.19"), "alpine:3.19");
        assert_eq!(auto("python:3.12-bookworm"), "python:3.12-slim-bookworm debian:bookworm-slim python:3.12-bookworm");
        assert_eq!(auto("node:20-bookworm"), "node:20-bookworm-slim debian:bookworm-slim node:20-bookworm");
        assert_eq!(auto("python:3.12-slim-bookworm"), "python:3.12-slim-bookworm");
        assert_eq!(auto("eclipse-temurin:21-jdk-noble"), "eclipse-temurin:21-jre-noble ubuntu:24.04");
        assert_eq!(auto("maven:3.9-eclipse-temurin-21"), "eclipse-temurin:21-jre");
        assert_eq!(auto("adoptopenjdk:16-jdk-hotspot"), "adoptopenjdk:16-jre-hotspot eclipse-temurin:16-jre");
        assert_eq!(auto("debian:bookworm"), "debian:bookworm-slim debian:bookworm");
        assert_eq!(auto("registry.example.org/base:1"), "registry.example.org/base:1");
    }

    #[test]
    fn what_a_build_has_shown_counts_more_than_the_name() {
        let release = Release { id: "debian".into(), version: "13".into(), codename: "trixie".into() };
        let known = Known { release: Some(release), is_static: Some(true), needs_shell: false };
        assert_eq!(
            ladder("ubuntu:20.04", &Runtime::Auto, &known),
            "gcr.io/distroless/static-debian13 debian:trixie-slim ubuntu:20.04"
        );
        let known = Known { needs_shell: true, ..known };
        assert_eq!(ladder("registry.example.org/go", &Runtime::Slim, &known), "debian:trixie-slim");
    }

    #[test]
    fn other_families_come_only_when_asked_for() {
        assert_eq!(ladder("golang:1.24", &Runtime::Alpine, &Known::default()), "alpine:3.22");
        let all = ladder("node:20-bookworm", &Runtime::Smallest, &Known { needs_shell: true, ..Known::default() });
        assert!(all.starts_with("node:20-alpine alpine:3.22 node:20-bookworm-slim"), "{all}");
        let named = candidates_manager("alpine:3.20");
        assert_eq!(named.as_deref(), Some("apk"));
    }

    fn candidates_manager(image: &str) -> Option<String> {
        candidate(image, "asked for").package_manager
    }
}
