//! What is known of base images without pulling them: one dated table, which settings can extend.
//!
//! What no row says is unknown; nothing is guessed. A release that a tag does not state but that the image was built on
//! when the table was made is marked as assumed.

mod date;
mod ends;
mod images;
mod names;
mod platform;
mod release;
mod support;
mod tag;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use date::Date;
pub use platform::only_platform;
pub use release::{Distro, Libc, PackageManager, Release, Shell, find_codename, find_release};
pub use support::{EndOfSupport, end_of_support};

use crate::context::Glob;
use crate::image_ref::ImageRef;
use images::{Origin, Row, Sibling};
use names::Name;
use tag::Tag;

/// The day to which the table is complete.
pub const TABLE_DATE: Date = Date::new(2025, 10, 1);

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Compilers and build tools, which a product does not need at run time.
    Toolchain,
    /// An interpreter, which it does.
    Interpreter,
    /// What runs products of a toolchain, or a finished server.
    Runtime,
    /// A plain distribution.
    Distro,
    /// Less than a distribution: no package manager, perhaps no shell.
    Minimal,
    /// `scratch`
    Empty,
}

/// A family of build tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Their names say it.
pub enum Ecosystem {
    Bun,
    C,
    Crystal,
    Dart,
    Deno,
    DotNet,
    Elixir,
    Erlang,
    Gleam,
    Go,
    Haskell,
    Java,
    Julia,
    Nim,
    Node,
    OCaml,
    Perl,
    Php,
    Python,
    R,
    Ruby,
    Rust,
    Swift,
}

/// An operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Os {
    /// Linux
    Linux,
    /// Windows
    Windows,
}

/// Which of the usual helpers are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Programs {
    /// Not recorded.
    Unknown,
    /// None, not even coreutils.
    None,
    /// None of curl, wget, nc and git.
    Plain,
    /// curl.
    Curl,
    /// curl and wget.
    CurlWget,
    /// BusyBox with wget and nc.
    BusyBox,
    /// BusyBox and curl.
    BusyBoxCurl,
    /// curl, wget, git and a C compiler.
    BuildpackDeps,
}

/// A variable of an image's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvFact {
    /// Its name.
    pub name: &'static str,
    /// Its value where that is the same for all versions.
    pub value: Option<&'static str>,
}

/// A rough size, for telling what a choice of base costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// What is pulled, in megabytes.
    pub compressed_mb: u32,
    /// What it takes on disk, in megabytes.
    pub unpacked_mb: u32,
}

/// How a release is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// The name or tag says so.
    Stated,
    /// The table says what the image was built on at [`TABLE_DATE`]; to be checked.
    Assumed,
}

/// A rung of the ladder of runtime bases, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// A smaller variant of the same image.
    SmallerVariant,
    /// An image of the runtime alone.
    RuntimeOnly,
    /// The plain distribution of the same release.
    PlainDistro,
    /// Distroless static, for a program proved static.
    Static,
}

/// An image that may take what this one builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name and tag.
    pub image: String,
    /// Where it stands on the ladder.
    pub rung: Rung,
    /// Whether its release follows from an assumption.
    pub certainty: Certainty,
}

/// What is known of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The operating system.
    pub os: Os,
    /// The distribution below.
    pub distro: Option<Distro>,
    /// Its release.
    pub release: Option<&'static Release>,
    /// How the release is known.
    pub certainty: Certainty,
    /// What the image is for.
    pub kind: Kind,
    /// The build tools or interpreter in it.
    pub ecosystem: Option<Ecosystem>,
    /// What installs packages.
    pub package_manager: Option<PackageManager>,
    /// What `/bin/sh` is.
    pub shell: Option<Shell>,
    /// The C library.
    pub libc: Option<Libc>,
    /// The file name of the OpenSSL library that its packages are built against.
    pub libssl: Option<&'static str>,
    /// The default USER.
    pub user: Option<Cow<'static, str>>,
    /// The default WORKDIR.
    pub workdir: Option<Cow<'static, str>>,
    /// Variables of its configuration; whether there are others is not known, unless [`Facts::env_is_complete`].
    pub env: &'static [EnvFact],
    /// Whether `env` names all variables.
    pub env_is_complete: bool,
    /// ENTRYPOINT; empty if it has none.
    pub entrypoint: Option<&'static [&'static str]>,
    /// CMD; empty if it has none.
    pub cmd: Option<&'static [&'static str]>,
    /// Helpers in it.
    pub programs: Programs,
    /// About how large it is.
    pub size: Option<Size>,
    /// Whether its documented entry point starts as root and gives that up.
    pub drops_privileges: bool,
    /// Smaller images that may take its product, nearest first.
    pub candidates: Vec<Candidate>,
}

/// Rows from settings; they are asked before the table.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Images.
    pub images: Vec<ExtraImage>,
    /// Ends of support.
    pub ends: Vec<ExtraEnd>,
}

/// An image described in settings.
#[derive(Debug, Clone, Default)]
pub struct ExtraImage {
    /// The repository as people write it, such as `registry.example.com/base/python`.
    pub repository: String,
    /// A pattern for the tag, with `*` and `?`; empty for any.
    pub tag: String,
    /// An image whose facts it shares, such as `python:3.12-slim-bookworm`; `$TAG` in it is the tag itself.
    pub like: Option<String>,
    /// What it is for.
    pub kind: Option<Kind>,
    /// The release it is made of.
    pub release: Option<&'static Release>,
    /// The package manager.
    pub package_manager: Option<PackageManager>,
    /// What `/bin/sh` is.
    pub shell: Option<Shell>,
    /// The default USER.
    pub user: Option<String>,
    /// The default WORKDIR.
    pub workdir: Option<String>,
}

/// An end of support described in settings.
#[derive(Debug, Clone)]
pub struct ExtraEnd {
    /// The repository as people write it.
    pub repository: String,
    /// The beginning of the version, or a pattern for the whole tag.
    pub tag: String,
    /// The last supported day.
    pub date: Date,
    /// What to use instead.
    pub successor: Option<String>,
}

/// The table.
#[derive(Debug, Clone, Copy)]
pub struct BaseFacts;

impl BaseFacts {
    /// What is known of an image, `None` if nothing is.
    pub fn lookup<'e>(image: &ImageRef, extra: impl Into<Option<&'e Extra>>) -> Option<Facts> {
        let described = extra.into().and_then(|extra| extra.images.iter().find(|row| row.applies(image)));
        match described {
            Some(row) => Some(row.facts(image)),
            None => Self::from_table(image),
        }
    }

    /// The facts of the empty base.
    pub fn scratch() -> Option<Facts> {
        Self::from_table(&ImageRef::parse("scratch").ok()?)
    }

    /// Whether any tag of the repository is in the table: its name is that of an image.
    pub fn knows(image: &ImageRef) -> bool {
        let repo = Name::of(image).repo;
        images::ROWS.binary_search_by(|row| row.repo.cmp(repo.as_ref())).is_ok()
    }

    fn from_table(image: &ImageRef) -> Option<Facts> {
        let name = Name::of(image);
        // A digest alone may be of any version; only what all tags share could be said, and that is too little.
        let tag = Tag::new(image.effective_tag()?);
        let row = images::find(&name.repo, |part| tag.has(part))?;
        let mut facts = facts_of(row, &name, &tag);
        facts.candidates = candidates(row, &facts, image, &tag);
        Some(facts)
    }
}

impl Facts {
    /// Whether a program is there, as far as recorded: `curl`, `wget`, `nc`, `git`, or a shell by the name of `sh`.
    pub fn has_program(&self, name: &str) -> Option<bool> {
        let (curl, wget, nc, git) = match self.programs {
            Programs::Unknown => return None,
            Programs::None => return Some(false),
            Programs::Plain => (false, false, false, false),
            Programs::Curl => (true, false, false, false),
            Programs::CurlWget => (true, true, false, false),
            Programs::BusyBox => (false, true, true, false),
            Programs::BusyBoxCurl => (true, true, true, false),
            Programs::BuildpackDeps => (true, true, false, true),
        };
        match name {
            "curl" => Some(curl),
            "wget" => Some(wget),
            "nc" => Some(nc),
            "git" => Some(git),
            "sh" => self.shell.map(|shell| shell != Shell::None),
            _ => None,
        }
    }

    /// Whether it ships neither package lists nor downloaded packages, and removes the latter after each install: official
    /// Debian and Ubuntu images and what is built on them.
    pub fn cleans_apt(&self) -> bool {
        self.package_manager == Some(PackageManager::Apt)
    }

    /// Whether it is a Windows image.
    pub fn is_windows(&self) -> bool {
        self.os == Os::Windows
    }

    /// The default WORKDIR, `None` if it is not recorded.
    pub fn workdir(&self) -> Option<&str> {
        self.workdir.as_deref()
    }

    /// The default USER, `None` if it is not recorded.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Whether it has user names to look up.
    pub fn has_passwd(&self) -> bool {
        self.kind != Kind::Empty
    }
}

impl ExtraImage {
    fn applies(&self, image: &ImageRef) -> bool {
        if self.repository != image.familiar() && self.repository != image.repository() {
            return false;
        }
        let tag = image.effective_tag().unwrap_or("");
        self.tag.is_empty() || Glob::parse(&self.tag).is_ok_and(|pattern| pattern.matches(tag))
    }

    fn facts(&self, image: &ImageRef) -> Facts {
        let like = self.like.as_ref().and_then(|like| {
            let like = like.replace("$TAG", image.effective_tag().unwrap_or("latest"));
            BaseFacts::from_table(&ImageRef::parse(&like).ok()?)
        });
        let mut facts = like.unwrap_or_else(|| Facts::blank(Kind::Runtime));
        // The image shares a system with the other, not a configuration.
        facts.env_is_complete = false;
        if let Some(release) = self.release {
            facts.set_release(release, Certainty::Stated);
        }
        facts.kind = self.kind.unwrap_or(facts.kind);
        facts.package_manager = self.package_manager.or(facts.package_manager);
        facts.shell = self.shell.or(facts.shell);
        facts.user = self.user.clone().map(Cow::Owned).or(facts.user);
        facts.workdir = self.workdir.clone().map(Cow::Owned).or(facts.workdir);
        facts
    }
}

impl Facts {
    fn blank(kind: Kind) -> Facts {
        Facts {
            os: Os::Linux,
            distro: None,
            release: None,
            certainty: Certainty::Stated,
            kind,
            ecosystem: None,
            package_manager: None,
            shell: None,
            libc: None,
            libssl: None,
            user: None,
            workdir: None,
            env: &[],
            env_is_complete: false,
            entrypoint: None,
            cmd: None,
            programs: Programs::Unknown,
            size: None,
            drops_privileges: false,
            candidates: Vec::new(),
        }
    }

    fn set_release(&mut self, release: &'static Release, certainty: Certainty) {
        self.set_distro(release.distro);
        self.release = Some(release);
        self.certainty = certainty;
        self.shell = Some(release.shell);
        self.libc = Some(release.libc);
        self.libssl = release.libssl;
        // The old ones have yum only.
        let old = matches!(
            (release.distro, release.version),
            (Distro::CentOs | Distro::Rhel | Distro::Oracle, "6" | "7") | (Distro::Amazon, "1" | "2")
        );
        if old {
            self.package_manager = Some(PackageManager::Yum);
        }
    }

    fn set_distro(&mut self, distro: Distro) {
        self.distro = Some(distro);
        self.package_manager = Some(distro.package_manager());
        // What all releases of a distribution have in common.
        (self.shell, self.libc) = match distro {
            Distro::Alpine => (Some(Shell::Ash), Some(Libc::Musl)),
            Distro::Wolfi | Distro::BusyBox => (Some(Shell::Ash), Some(Libc::GlibcUnversioned)),
            Distro::Debian | Distro::Ubuntu => (Some(Shell::Dash), Some(Libc::GlibcUnversioned)),
            _ => (Some(Shell::Bash), Some(Libc::GlibcUnversioned)),
        };
    }
}

fn facts_of(row: &Row, name: &Name<'_>, tag: &Tag<'_>) -> Facts {
    let mut facts = Facts::blank(row.kind);
    facts.ecosystem = row.ecosystem;
    match system(row, name, tag) {
        System::Release(release, certainty) => facts.set_release(release, certainty),
        System::Distro(distro) => facts.set_distro(distro),
        System::Windows => {
            facts.os = Os::Windows;
            facts.package_manager = Some(PackageManager::None);
        }
        System::Nothing => facts.libc = Some(Libc::None),
        System::Unknown => {}
    }
    // These have the release's files, but neither libraries nor tools.
    if matches!(name.repo.as_ref(), "distroless/static" | "cgr.dev/chainguard/static") {
        (facts.libc, facts.libssl) = (Some(Libc::None), None);
    }
    facts.shell = row.shell.or(facts.shell);
    facts.package_manager = row.packages.or(facts.package_manager);
    facts.user = row.user.map(Cow::Borrowed);
    facts.workdir = row.workdir.map(Cow::Borrowed);
    if name.repo.starts_with("distroless/") && tag.has("nonroot") {
        facts.user = Some(Cow::Borrowed("65532"));
        facts.workdir = Some(Cow::Borrowed("/home/nonroot"));
    }
    facts.env = row.env;
    facts.env_is_complete = !row.env.is_empty();
    facts.entrypoint = row.entrypoint;
    facts.cmd = row.cmd;
    facts.programs = row.programs;
    facts.size = row.size;
    facts.drops_privileges = row.drops_privileges;
    facts
}

enum System {
    Release(&'static Release, Certainty),
    Distro(Distro),
    Windows,
    Nothing,
    Unknown,
}

/// The system an image is made of: what its name says, what its tag says, else what the row knows.
fn system(row: &Row, name: &Name<'_>, tag: &Tag<'_>) -> System {
    if let Some(release) = name.release {
        return System::Release(release, Certainty::Stated);
    }
    if tag.has("nanoserver") || tag.has("windowsservercore") || tag.has("windows") {
        return System::Windows;
    }
    if let Origin::Itself(distro, latest) = row.origin {
        return own_release(distro, latest, tag);
    }
    match (tag.base(), row.origin) {
        (Some((_, Some(release))), _) => System::Release(release, Certainty::Stated),
        (Some((Distro::Alpine, None)), Origin::Versions(spans)) if is_current(spans, tag.version()) => {
            assumed(Distro::Alpine, LATEST_ALPINE)
        }
        (Some((distro, None)), _) => System::Distro(distro),
        (None, Origin::Versions(spans)) => match span(spans, tag.version()) {
            Some((_, _, distro, version)) => assumed(*distro, version),
            None => System::Unknown,
        },
        (None, Origin::Assumed(distro, version)) => assumed(distro, version),
        (None, Origin::Some(distro)) => System::Distro(distro),
        (None, Origin::Windows) => System::Windows,
        (None, Origin::Nothing) => System::Nothing,
        (None, Origin::Itself(..) | Origin::Unknown) => System::Unknown,
    }
}

/// What `alpine` in a tag meant at [`TABLE_DATE`], for versions still built then.
const LATEST_ALPINE: &str = "3.22";

fn assumed(distro: Distro, version: &str) -> System {
    match find_release(distro, version) {
        Some(release) => System::Release(release, Certainty::Assumed),
        None => System::Distro(distro),
    }
}

/// The release of a distribution's own image.
fn own_release(distro: Distro, latest: &str, tag: &Tag<'_>) -> System {
    let first = tag.text.split('-').next().unwrap_or("");
    // `centos:centos7` is what the oldest files write.
    let version = first.strip_prefix("centos").filter(|rest| !rest.is_empty()).unwrap_or(tag.version());
    let major = version.split('.').next().unwrap_or("");
    let by_name = find_release(distro, first);
    let by_version =
        [version, tag::minor(version), major].into_iter().find_map(|version| find_release(distro, version));
    match by_name.or(by_version) {
        Some(release) => System::Release(release, Certainty::Stated),
        None if matches!(first, "latest" | "stable" | "slim" | "minimal") => assumed(distro, latest),
        // `alpine:3`, `debian:oldstable-20240101` and the like name a moving release.
        None if distro == Distro::Alpine && version == "3" => assumed(distro, latest),
        None => System::Distro(distro),
    }
}

fn numbers(version: &str) -> Option<(u16, Option<u16>)> {
    let mut parts = version.split('.');
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok())))
}

/// The span that holds a version. A major version alone means its last; no version means the last of all.
fn span(spans: &'static [images::Span], version: &str) -> Option<&'static images::Span> {
    if version.is_empty() {
        return spans.last();
    }
    let (major, minor) = numbers(version)?;
    match minor {
        Some(minor) => spans.iter().find(|(from, to, ..)| (*from..=*to).contains(&(major, minor))),
        None => spans.iter().rev().find(|(from, to, ..)| (from.0..=to.0).contains(&major)),
    }
}

fn is_current(spans: &'static [images::Span], version: &str) -> bool {
    let last = spans.last().map(|(_, to, ..)| to);
    span(spans, version).map(|(_, to, ..)| to) == last && last.is_some()
}

fn candidates(row: &Row, facts: &Facts, image: &ImageRef, tag: &Tag<'_>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut add = |image: String, rung, certainty| candidates.push(Candidate { image, rung, certainty });
    for sibling in row.siblings {
        match *sibling {
            Sibling::Slim(place) => {
                if let Some(tag) = tag.with_slim(place) {
                    add(image.with_tag(&tag), Rung::SmallerVariant, Certainty::Stated);
                }
            }
            Sibling::Part(from, to) => {
                if let Some(tag) = tag.replaced(from, to) {
                    add(image.with_tag(&tag), Rung::RuntimeOnly, Certainty::Stated);
                }
            }
            Sibling::Repo(repo) => add(format!("{repo}:{}", tag.text), Rung::RuntimeOnly, Certainty::Stated),
            Sibling::TemurinJre => {
                if let Some((image, certainty)) = jre(row.repo, facts, image, tag) {
                    add(image, Rung::RuntimeOnly, certainty);
                }
            }
            Sibling::Distro => {
                if let Some(plain) = facts.release.and_then(plain_image) {
                    add(plain, Rung::PlainDistro, facts.certainty);
                }
            }
            Sibling::Static => {
                if let Some(image) = static_image(facts.release) {
                    add(image, Rung::Static, facts.certainty);
                }
            }
        }
    }
    candidates
}

/// The plain image of a release, slim where there is such a variant.
pub fn plain_image(release: &Release) -> Option<String> {
    let repo = match release.distro {
        Distro::Debian => return Some(format!("debian:{}-slim", release.codename)),
        Distro::Alpine => "alpine",
        Distro::Ubuntu => "ubuntu",
        Distro::Fedora => "fedora",
        Distro::Alma => "almalinux",
        Distro::Amazon => "amazonlinux",
        Distro::Rocky => "rockylinux/rockylinux",
        Distro::Rhel => return Some(format!("registry.access.redhat.com/ubi{}-minimal", release.version)),
        _ => return None,
    };
    Some(format!("{repo}:{}", release.version))
}

/// Distroless static: of the same Debian release where there is one, else of the newest, which makes no difference to a
/// static program.
fn static_image(release: Option<&Release>) -> Option<String> {
    let version = match release? {
        Release { distro: Distro::Debian, version: version @ ("11" | "12" | "13"), .. } => version,
        _ => "12",
    };
    Some(format!("gcr.io/distroless/static-debian{version}"))
}

/// A JRE of the Java version that the tag names, on the same system as far as it has one.
fn jre(repo: &str, facts: &Facts, image: &ImageRef, tag: &Tag<'_>) -> Option<(String, Certainty)> {
    if repo == "eclipse-temurin" {
        let jre = tag.replaced("jdk", "jre");
        let bare = || (tag.version() == tag.text).then(|| format!("{}-jre", tag.text));
        return Some((image.with_tag(&jre.or_else(bare)?), Certainty::Stated));
    }
    let version = java_version(repo, tag)?;
    let system = match facts.distro {
        Some(Distro::Alpine) => "-alpine".to_owned(),
        Some(Distro::Ubuntu) => facts.release.map_or(String::new(), |release| format!("-{}", release.codename)),
        _ => String::new(),
    };
    let certainty = if system.is_empty() { Certainty::Assumed } else { facts.certainty };
    Some((format!("eclipse-temurin:{version}-jre{system}"), certainty))
}

fn java_version<'a>(repo: &str, tag: &Tag<'a>) -> Option<&'a str> {
    let behind = ["jdk", "eclipse-temurin", "temurin", "openjdk", "amazoncorretto", "corretto", "sapmachine"];
    let named = behind.iter().find_map(|name| {
        let at = tag.text.find(name)?;
        let rest = tag.text[at + name.len()..].trim_start_matches('-');
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (length > 0).then(|| &rest[..length])
    });
    // Of an image of Java itself the version is Java's; of a build tool's it is the tool's.
    let own = matches!(repo, "adoptopenjdk" | "openjdk" | "amazoncorretto" | "sapmachine" | "ibm-semeru-runtimes")
        || repo.starts_with("azul/")
        || repo.starts_with("bellsoft/");
    named.or_else(|| {
        let version = tag.version();
        let length = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
        (own && length > 0).then(|| &version[..length])
    })
}
