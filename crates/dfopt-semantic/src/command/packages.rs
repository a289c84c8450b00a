//! System package managers: what a command of apt, apk, dnf and their kin installs, removes, refreshes or cleans.

mod apk;
mod apt;
mod ledger;
mod pacman;
mod question;
mod rpm;

use super::options::Parsed;
use super::understood::Understood;
use super::view::Command;
use super::word::{Value, Word};

pub use ledger::{Installed, Removal, installed_by};
pub use question::Question;

/// A system package manager; front ends of the same database are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Manager {
    /// apt-get, apt, aptitude, dpkg
    Apt,
    /// apk
    Apk,
    /// yum, dnf, microdnf, tdnf, rpm
    Rpm,
    /// zypper
    Zypper,
    /// pacman
    Pacman,
    /// opkg, ipkg
    Opkg,
}

/// What kind of thing an install command was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// A name looked up in a repository.
    Name,
    /// A local file.
    File,
    /// A URL.
    Url,
    /// A group or pattern of packages.
    Group,
    /// A capability such as `so:libz.so.1` or `/usr/bin/x`.
    Capability,
    /// A glob or regular expression over names.
    Pattern,
    /// Not static: any number of packages.
    Unknown,
}

/// A package named in a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// The name without version, release and architecture; empty when unknown.
    pub name: Box<str>,
    /// The version asked for.
    pub version: Option<Box<str>>,
    /// What the word is.
    pub kind: PackageKind,
    /// The word.
    pub word: &'a Word,
}

/// A setting that an option may turn on or off, or leave to the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Setting {
    /// Not mentioned.
    #[default]
    Default,
    /// Turned on.
    On,
    /// Turned off.
    Off,
}

/// An install command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageInstall<'a> {
    /// The manager.
    pub manager: Manager,
    /// The program, such as `apt-get` or `microdnf`.
    pub tool: &'a str,
    /// The word of the verb.
    pub verb: &'a Word,
    /// The packages.
    pub packages: Vec<Package<'a>>,
    /// Whether recommended packages come along.
    pub recommends: Setting,
    /// Whether questions are answered with yes.
    pub yes: Setting,
    /// Whether the download cache is kept: `Off` for `apk --no-cache`.
    pub cache: Setting,
    /// `Off` where signatures are not checked.
    pub signatures: Setting,
    /// Whether the index is refreshed first (`apk -U`, `pacman -Sy`, dnf always by itself).
    pub refreshes: bool,
    /// The name of the virtual package of `apk --virtual`.
    pub virtual_name: Option<Value<'a>>,
    /// A root other than `/`.
    pub root: Option<Value<'a>>,
    /// False when some word is not static, so that other packages may be meant.
    pub complete: bool,
}

/// A remove command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageRemove<'a> {
    /// The manager.
    pub manager: Manager,
    /// The program.
    pub tool: &'a str,
    /// The word of the verb.
    pub verb: &'a Word,
    /// The packages, or virtual packages.
    pub packages: Vec<Package<'a>>,
    /// True if packages that nothing needs any more go too.
    pub unneeded: bool,
    /// False when some word is not static.
    pub complete: bool,
}

/// What a clean command empties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cleaned {
    /// Downloaded packages.
    Archives,
    /// Package lists and metadata.
    Index,
    /// Both.
    Everything,
}

/// A command of a package manager that neither installs nor removes named packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageMaintenance<'a> {
    /// The manager.
    pub manager: Manager,
    /// The program.
    pub tool: &'a str,
    /// The word of the verb.
    pub verb: &'a Word,
    /// What it does.
    pub action: Maintenance,
    /// True if the manager may refresh its index first, as `yum upgrade` does.
    pub refreshes: bool,
    /// Whether the download cache is kept: `Off` for `apk --no-cache`.
    pub cache: Setting,
}

/// The kinds of maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Maintenance {
    /// Refresh the index.
    Update,
    /// Upgrade what is installed.
    Upgrade,
    /// Upgrade to another release of the distribution.
    DistributionUpgrade,
    /// Empty caches.
    Clean(Cleaned),
    /// Fetch packages into files without installing them.
    Download,
    /// Change which packages count as asked for, held, or from which repository they come.
    Configure,
    /// Look something up.
    Query,
}

/// The meaning of a command if it is one of a system package manager.
#[must_use]
pub fn understand<'a>(command: &Command<'a>) -> Option<Understood<'a>> {
    let tool = command.name()?;
    match tool {
        "apt-get" | "apt" | "aptitude" | "xx-apt" | "xx-apt-get" => apt::apt(command, tool),
        // Helpers of some base images that take nothing but packages.
        "install_packages" | "install-packages" | "apt-install" => apt::install_script(command, tool),
        "apk" | "xx-apk" => apk::apk(command, tool),
        "yum" | "dnf" | "dnf5" | "dnf-3" | "microdnf" | "tdnf" => rpm::dnf(command, tool),
        "zypper" => rpm::zypper(command, tool),
        "pacman" => pacman::pacman(command, tool),
        "rpm" => rpm::rpm(command, tool),
        "dpkg" => apt::dpkg(command, tool),
        "opkg" | "ipkg" | "opkg-cl" => apk::opkg(command, tool),
        "apt-mark"
        | "apt-key"
        | "apt-add-repository"
        | "add-apt-repository"
        | "apt-config"
        | "debconf-set-selections"
        | "dpkg-reconfigure"
        | "dpkg-divert" => configure(command, tool, Manager::Apt),
        "apt-cache" | "dpkg-query" | "dpkg-architecture" => query(command, tool, Manager::Apt),
        "yum-config-manager" | "subscription-manager" => configure(command, tool, Manager::Rpm),
        "repoquery" => query(command, tool, Manager::Rpm),
        "yum-builddep" => rpm::dnf(command, tool),
        "pacman-key" | "pacman-db-upgrade" => configure(command, tool, Manager::Pacman),
        _ => None,
    }
}

fn configure<'a>(command: &Command<'a>, tool: &'a str, manager: Manager) -> Option<Understood<'a>> {
    maintenance(manager, tool, command.name_word()?, Maintenance::Configure)
}

fn query<'a>(command: &Command<'a>, tool: &'a str, manager: Manager) -> Option<Understood<'a>> {
    maintenance(manager, tool, command.name_word()?, Maintenance::Query)
}

fn maintenance<'a>(manager: Manager, tool: &'a str, verb: &'a Word, action: Maintenance) -> Option<Understood<'a>> {
    let refreshes = matches!(action, Maintenance::Update)
        || (manager == Manager::Rpm && matches!(action, Maintenance::Upgrade | Maintenance::DistributionUpgrade));
    let cache = Setting::Default;
    Some(Understood::PackageMaintenance(PackageMaintenance { manager, tool, verb, action, refreshes, cache }))
}

/// True if a command turns recommended packages off for all later installs by a line in the configuration of apt.
#[must_use]
pub fn turns_recommends_off(understood: &Understood<'_>) -> bool {
    let Understood::Print(print) = understood else {
        return false;
    };
    let configures = print.file.is_some_and(|f| f.raw.contains("apt.conf"));
    let text: String = print.words.iter().map(|w| &*w.raw).collect::<Vec<_>>().join(" ");
    let text = text.to_ascii_lowercase();
    let off = |after: &str| {
        let value = after.trim_start_matches([' ', '"', '\'', '\\', '=', ':']);
        ["false", "0", "no", "off"].iter().any(|v| value.starts_with(v))
    };
    configures && text.split_once("install-recommends").is_some_and(|(_, after)| off(after))
}

/// The verb word and the operands after it.
fn verb<'a, 's>(parsed: &'s Parsed<'a>) -> Option<(&'a Word, &'s [&'a Word])> {
    let (first, rest) = parsed.operands.split_first()?;
    Some((first, rest))
}

fn setting(on: bool, off: bool) -> Setting {
    match (on, off) {
        (_, true) => Setting::Off,
        (true, false) => Setting::On,
        _ => Setting::Default,
    }
}

fn packages<'a>(words: &[&'a Word], read: fn(&'a Word) -> Package<'a>) -> (Vec<Package<'a>>, bool) {
    let packages: Vec<_> = words.iter().map(|word| read(word)).collect();
    let complete = packages.iter().all(|p| p.kind != PackageKind::Unknown);
    (packages, complete)
}

fn removal<'a>(
    manager: Manager,
    tool: &'a str,
    verb: &'a Word,
    words: &[&'a Word],
    unneeded: bool,
    read: fn(&'a Word) -> Package<'a>,
) -> Option<Understood<'a>> {
    let (packages, complete) = packages(words, read);
    Some(Understood::PackageRemove(PackageRemove { manager, tool, verb, packages, unneeded, complete }))
}

fn unknown(word: &Word) -> Package<'_> {
    Package { name: "".into(), version: None, kind: PackageKind::Unknown, word }
}

fn package<'a>(name: &str, version: Option<&str>, kind: PackageKind, word: &'a Word) -> Package<'a> {
    Package { name: name.into(), version: version.map(Into::into), kind, word }
}

/// The name of a package whose version only is an expansion: `nginx=$VERSION`.
fn open_version<'a>(word: &'a Word, separators: &[char]) -> Package<'a> {
    let prefix = word.static_prefix();
    match prefix.find(separators) {
        Some(at) if at > 0 => package(prefix.get(..at).unwrap_or(""), Some(""), PackageKind::Name, word),
        _ => unknown(word),
    }
}

fn local_install<'a>(
    manager: Manager,
    tool: &'a str,
    verb: &'a Word,
    parsed: &Parsed<'a>,
    signatures: Setting,
) -> Option<Understood<'a>> {
    let (packages, complete) = packages(&parsed.operands, |word| match word.text() {
        Some(text) if text.contains("://") => package(text, None, PackageKind::Url, word),
        Some(text) => package(text, None, PackageKind::File, word),
        None => unknown(word),
    });
    Some(Understood::PackageInstall(PackageInstall {
        manager,
        tool,
        verb,
        packages,
        recommends: Setting::Off,
        yes: Setting::On,
        cache: Setting::Off,
        signatures,
        refreshes: false,
        virtual_name: None,
        root: parsed.value(&["--root", "-r"]),
        complete: complete && !parsed.open,
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
