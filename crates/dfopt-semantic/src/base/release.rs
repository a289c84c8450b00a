//! Releases of Linux distributions, as their container images are.

use super::Date;

/// A distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distro {
    /// AlmaLinux
    Alma,
    /// Alpine Linux
    Alpine,
    /// Amazon Linux
    Amazon,
    /// Arch Linux
    Arch,
    /// Azure Linux, formerly CBL-Mariner
    AzureLinux,
    /// BusyBox alone
    BusyBox,
    /// CentOS, Stream included
    CentOs,
    /// Debian
    Debian,
    /// Fedora
    Fedora,
    /// openSUSE
    OpenSuse,
    /// Oracle Linux
    Oracle,
    /// Red Hat Enterprise Linux as UBI
    Rhel,
    /// Rocky Linux
    Rocky,
    /// Ubuntu
    Ubuntu,
    /// Wolfi, of which Chainguard images are made
    Wolfi,
}

impl Distro {
    /// The name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Distro::Alma => "AlmaLinux",
            Distro::Alpine => "Alpine",
            Distro::Amazon => "Amazon Linux",
            Distro::Arch => "Arch Linux",
            Distro::AzureLinux => "Azure Linux",
            Distro::BusyBox => "BusyBox",
            Distro::CentOs => "CentOS",
            Distro::Debian => "Debian",
            Distro::Fedora => "Fedora",
            Distro::OpenSuse => "openSUSE",
            Distro::Oracle => "Oracle Linux",
            Distro::Rhel => "Red Hat UBI",
            Distro::Rocky => "Rocky Linux",
            Distro::Ubuntu => "Ubuntu",
            Distro::Wolfi => "Wolfi",
        }
    }

    /// The package manager of its full images.
    pub fn package_manager(self) -> PackageManager {
        match self {
            Distro::Debian | Distro::Ubuntu => PackageManager::Apt,
            Distro::Alpine | Distro::Wolfi => PackageManager::Apk,
            Distro::Arch => PackageManager::Pacman,
            Distro::AzureLinux => PackageManager::Tdnf,
            Distro::BusyBox => PackageManager::None,
            Distro::OpenSuse => PackageManager::Zypper,
            _ => PackageManager::Dnf,
        }
    }
}

/// What installs packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageManager {
    /// `apt-get`
    Apt,
    /// `apk`
    Apk,
    /// `dnf`
    Dnf,
    /// `yum`
    Yum,
    /// `microdnf`
    Microdnf,
    /// `tdnf`
    Tdnf,
    /// `zypper`
    Zypper,
    /// `pacman`
    Pacman,
    /// Nothing.
    None,
}

/// What `/bin/sh` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shell {
    /// dash without `pipefail`
    Dash,
    /// dash of Debian 13 and later, which has `pipefail`
    DashPipefail,
    /// BusyBox ash, which has `pipefail`
    Ash,
    /// bash
    Bash,
    /// There is none.
    None,
}

impl Shell {
    /// Whether `set -o pipefail` works.
    pub fn has_pipefail(self) -> bool {
        matches!(self, Shell::DashPipefail | Shell::Ash | Shell::Bash)
    }
}

/// A C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Libc {
    /// glibc, by the minor number of its version: 36 for 2.36.
    Glibc(u8),
    /// glibc of a version that changes or is not recorded.
    GlibcUnversioned,
    /// musl
    Musl,
    /// There is none.
    None,
}

impl Libc {
    /// Whether programs linked against one can be loaded with the other, versions aside.
    pub fn same_family(self, other: Libc) -> bool {
        let is_glibc = |libc| matches!(libc, Libc::Glibc(_) | Libc::GlibcUnversioned);
        self == other || (is_glibc(self) && is_glibc(other))
    }
}

/// A release of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The distribution.
    pub distro: Distro,
    /// The version, `rolling` if there are none.
    pub version: &'static str,
    /// The name that tags use, empty if none.
    pub codename: &'static str,
    /// The last day of free security support, `None` if there is none announced.
    pub end: Option<Date>,
    /// Whether packages have left the mirrors that the image is set up for, so that an install fails.
    pub mirrors_moved: bool,
    /// `/bin/sh`
    pub shell: Shell,
    /// The C library.
    pub libc: Libc,
    /// The file name of the OpenSSL library.
    pub libssl: Option<&'static str>,
}

impl Release {
    /// `Debian 12 (bookworm)`
    pub fn title(&self) -> String {
        match (self.version, self.codename) {
            ("rolling", _) => self.distro.name().to_owned(),
            (version, "") => format!("{} {version}", self.distro.name()),
            (version, codename) => format!("{} {version} ({codename})", self.distro.name()),
        }
    }

    /// Whether `apt-key` is gone.
    pub fn lacks_apt_key(&self) -> bool {
        match self.distro {
            Distro::Debian => matches!(self.codename, "trixie" | "forky" | "sid"),
            Distro::Ubuntu => matches!(self.codename, "plucky" | "questing"),
            _ => false,
        }
    }
}

const SSL_1_0: Option<&str> = Some("libssl.so.1.0.0");
const SSL_10: Option<&str> = Some("libssl.so.10");
const SSL_1_1: Option<&str> = Some("libssl.so.1.1");
const SSL_3: Option<&str> = Some("libssl.so.3");

const MOVED: bool = true;
const HERE: bool = false;

#[allow(clippy::too_many_arguments)] // One line per row is what makes the table readable.
const fn row(
    distro: Distro,
    version: &'static str,
    codename: &'static str,
    end: (u16, u8, u8),
    mirrors_moved: bool,
    shell: Shell,
    libc: Libc,
    libssl: Option<&'static str>,
) -> Release {
    let end = match end {
        (0, _, _) => None,
        (year, month, day) => Some(Date::new(year, month, day)),
    };
    Release { distro, version, codename, end, mirrors_moved, shell, libc, libssl }
}

use Distro::{
    Alma, Alpine, Amazon, Arch, AzureLinux, BusyBox, CentOs, Debian, Fedora, OpenSuse, Oracle, Rhel, Rocky, Ubuntu,
    Wolfi,
};
use Libc::{Glibc, GlibcUnversioned, Musl};
use Shell::{Ash, Bash, Dash, DashPipefail};

/// All releases, grouped by distribution, oldest first.
#[rustfmt::skip]
pub(super) static RELEASES: &[Release] = &[
    row(Alma, "8", "", (2029, 3, 1), HERE, Bash, Glibc(28), SSL_1_1),
    row(Alma, "9", "", (2032, 5, 31), HERE, Bash, Glibc(34), SSL_3),
    row(Alma, "10", "", (2035, 5, 31), HERE, Bash, Glibc(39), SSL_3),
    row(Alpine, "3.4", "", (2018, 5, 1), HERE, Ash, Musl, SSL_1_0),
    row(Alpine, "3.5", "", (2018, 11, 1), HERE, Ash, Musl, None),
    row(Alpine, "3.6", "", (2019, 5, 1), HERE, Ash, Musl, None),
    row(Alpine, "3.7", "", (2019, 11, 1), HERE, Ash, Musl, None),
    row(Alpine, "3.8", "", (2020, 5, 1), HERE, Ash, Musl, None),
    row(Alpine, "3.9", "", (2020, 11, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.10", "", (2021, 5, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.11", "", (2021, 11, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.12", "", (2022, 5, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.13", "", (2022, 11, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.14", "", (2023, 5, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.15", "", (2023, 11, 1), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.16", "", (2024, 5, 23), HERE, Ash, Musl, SSL_1_1),
    row(Alpine, "3.17", "", (2024, 11, 22), HERE, Ash, Musl, SSL_3),
    row(Alpine, "3.18", "", (2025, 5, 9), HERE, Ash, Musl, SSL_3),
    row(Alpine, "3.19", "", (2025, 11, 1), HERE, Ash, Musl, SSL_3),
    row(Alpine, "3.20", "", (2026, 4, 1), HERE, Ash, Musl, SSL_3),
    row(Alpine, "3.21", "", (2026, 11, 1), HERE, Ash, Musl, SSL_3),
    row(Alpine, "3.22", "", (2027, 5, 1), HERE, Ash, Musl, SSL_3),
    row(Alpine, "edge", "edge", (0, 0, 0), HERE, Ash, Musl, SSL_3),
    row(Amazon, "1", "", (2023, 12, 31), HERE, Bash, Glibc(17), SSL_10),
    row(Amazon, "2", "", (2026, 6, 30), HERE, Bash, Glibc(26), SSL_10),
    row(Amazon, "2023", "", (2029, 6, 30), HERE, Bash, Glibc(34), SSL_3),
    row(Arch, "rolling", "", (0, 0, 0), HERE, Bash, GlibcUnversioned, SSL_3),
    row(AzureLinux, "2.0", "", (2025, 7, 31), HERE, Bash, Glibc(35), SSL_1_1),
    row(AzureLinux, "3.0", "", (0, 0, 0), HERE, Bash, Glibc(38), SSL_3),
    row(BusyBox, "rolling", "", (0, 0, 0), HERE, Ash, GlibcUnversioned, None),
    row(CentOs, "6", "", (2020, 11, 30), MOVED, Bash, Glibc(12), SSL_10),
    row(CentOs, "7", "", (2024, 6, 30), MOVED, Bash, Glibc(17), SSL_10),
    row(CentOs, "8", "", (2021, 12, 31), MOVED, Bash, Glibc(28), SSL_1_1),
    row(CentOs, "stream8", "stream8", (2024, 5, 31), MOVED, Bash, Glibc(28), SSL_1_1),
    row(CentOs, "stream9", "stream9", (2027, 5, 31), HERE, Bash, Glibc(34), SSL_3),
    row(CentOs, "stream10", "stream10", (2030, 5, 31), HERE, Bash, Glibc(39), SSL_3),
    row(Debian, "7", "wheezy", (2018, 5, 31), MOVED, Dash, Glibc(13), SSL_1_0),
    row(Debian, "8", "jessie", (2020, 6, 30), MOVED, Dash, Glibc(19), SSL_1_0),
    row(Debian, "9", "stretch", (2022, 6, 30), MOVED, Dash, Glibc(24), SSL_1_1),
    row(Debian, "10", "buster", (2024, 6, 30), MOVED, Dash, Glibc(28), SSL_1_1),
    row(Debian, "11", "bullseye", (2026, 8, 31), HERE, Dash, Glibc(31), SSL_1_1),
    row(Debian, "12", "bookworm", (2028, 6, 30), HERE, Dash, Glibc(36), SSL_3),
    row(Debian, "13", "trixie", (2030, 6, 30), HERE, DashPipefail, Glibc(41), SSL_3),
    row(Debian, "sid", "sid", (0, 0, 0), HERE, DashPipefail, GlibcUnversioned, SSL_3),
    row(Fedora, "36", "", (2023, 5, 16), MOVED, Bash, Glibc(35), SSL_3),
    row(Fedora, "37", "", (2023, 12, 5), MOVED, Bash, Glibc(36), SSL_3),
    row(Fedora, "38", "", (2024, 5, 21), MOVED, Bash, Glibc(37), SSL_3),
    row(Fedora, "39", "", (2024, 11, 26), HERE, Bash, Glibc(38), SSL_3),
    row(Fedora, "40", "", (2025, 5, 13), HERE, Bash, Glibc(39), SSL_3),
    row(Fedora, "41", "", (2025, 12, 15), HERE, Bash, Glibc(40), SSL_3),
    row(Fedora, "42", "", (2026, 5, 13), HERE, Bash, Glibc(41), SSL_3),
    row(Fedora, "43", "", (2026, 12, 2), HERE, Bash, Glibc(42), SSL_3),
    row(OpenSuse, "15.4", "", (2023, 12, 7), HERE, Bash, Glibc(31), SSL_1_1),
    row(OpenSuse, "15.5", "", (2024, 12, 31), HERE, Bash, Glibc(31), SSL_1_1),
    row(OpenSuse, "15.6", "", (2026, 4, 30), HERE, Bash, Glibc(38), SSL_3),
    row(OpenSuse, "rolling", "", (0, 0, 0), HERE, Bash, GlibcUnversioned, SSL_3),
    row(Oracle, "7", "", (2024, 12, 31), HERE, Bash, Glibc(17), SSL_10),
    row(Oracle, "8", "", (2029, 7, 31), HERE, Bash, Glibc(28), SSL_1_1),
    row(Oracle, "9", "", (2032, 6, 30), HERE, Bash, Glibc(34), SSL_3),
    row(Rhel, "7", "", (2024, 6, 30), HERE, Bash, Glibc(17), SSL_10),
    row(Rhel, "8", "", (2029, 5, 31), HERE, Bash, Glibc(28), SSL_1_1),
    row(Rhel, "9", "", (2032, 5, 31), HERE, Bash, Glibc(34), SSL_3),
    row(Rhel, "10", "", (2035, 5, 31), HERE, Bash, Glibc(39), SSL_3),
    row(Rocky, "8", "", (2029, 5, 31), HERE, Bash, Glibc(28), SSL_1_1),
    row(Rocky, "9", "", (2032, 5, 31), HERE, Bash, Glibc(34), SSL_3),
    row(Rocky, "10", "", (2035, 5, 31), HERE, Bash, Glibc(39), SSL_3),
    row(Ubuntu, "14.04", "trusty", (2019, 4, 25), HERE, Dash, Glibc(19), SSL_1_0),
    row(Ubuntu, "16.04", "xenial", (2021, 4, 30), HERE, Dash, Glibc(23), SSL_1_0),
    row(Ubuntu, "18.04", "bionic", (2023, 5, 31), HERE, Dash, Glibc(27), SSL_1_1),
    row(Ubuntu, "20.04", "focal", (2025, 5, 31), HERE, Dash, Glibc(31), SSL_1_1),
    row(Ubuntu, "22.04", "jammy", (2027, 6, 1), HERE, Dash, Glibc(35), SSL_3),
    row(Ubuntu, "22.10", "kinetic", (2023, 7, 20), MOVED, Dash, Glibc(36), SSL_3),
    row(Ubuntu, "23.04", "lunar", (2024, 1, 25), MOVED, Dash, Glibc(37), SSL_3),
    row(Ubuntu, "23.10", "mantic", (2024, 7, 11), MOVED, Dash, Glibc(38), SSL_3),
    row(Ubuntu, "24.04", "noble", (2029, 5, 31), HERE, Dash, Glibc(39), SSL_3),
    row(Ubuntu, "24.10", "oracular", (2025, 7, 10), MOVED, Dash, Glibc(40), SSL_3),
    row(Ubuntu, "25.04", "plucky", (2026, 1, 15), HERE, Dash, Glibc(41), SSL_3),
    row(Ubuntu, "25.10", "questing", (2026, 7, 9), HERE, Dash, Glibc(42), SSL_3),
    row(Wolfi, "rolling", "", (0, 0, 0), HERE, Ash, GlibcUnversioned, SSL_3),
];

/// The release of a distribution by version or code name.
pub fn find_release(distro: Distro, version: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|release| {
        release.distro == distro && !version.is_empty() && (release.version == version || release.codename == version)
    })
}

/// The release that a code name such as `bookworm` or `jammy` names.
pub fn find_codename(codename: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|release| {
        !codename.is_empty() && release.codename == codename && matches!(release.distro, Debian | Ubuntu)
    })
}
