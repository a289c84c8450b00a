//! What an image is, in a few numbers and words: plain data for reports and plans.

use serde::{Deserialize, Serialize};

use crate::image::{Image, RunConfig};
use crate::packages::Manager;

/// The facts of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Processor architecture.
    pub architecture: String,
    /// The distribution and release.
    pub system: System,
    /// Bytes of all files.
    pub bytes: u64,
    /// Number of paths.
    pub paths: usize,
    /// Number of packages.
    pub packages: usize,
    /// The package manager.
    pub manager: Manager,
    /// Run-time settings.
    pub config: RunConfig,
    /// Number of layers, and how many of them belong to the base.
    pub layers: (usize, usize),
}

/// The distribution of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// `ID` of os-release, such as `debian`.
    pub id: Option<String>,
    /// `VERSION_ID`, such as `13`.
    pub version: Option<String>,
    /// `VERSION_CODENAME`, such as `trixie`.
    pub codename: Option<String>,
    /// The C library.
    pub libc: Libc,
}

/// The C library of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Libc {
    /// GNU, with the newest symbol version it offers.
    Glibc {
        /// Such as `2.41`.
        version: Option<String>,
    },
    /// musl.
    Musl,
    /// None, or an unknown one.
    #[default]
    None,
}

impl ImageFacts {
    /// The facts of an image.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        Self {
            architecture: image.config.architecture.clone(),
            system: System::of(image),
            bytes: image.size(),
            paths: image.root.len(),
            packages: image.packages().len(),
            manager: image.packages().manager,
            config: image.config.config.clone(),
            layers: (image.layers.len(), image.base_layers),
        }
    }
}

impl System {
    /// The distribution of an image.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        let text = image.root.text("/etc/os-release").or_else(|| image.root.text("/usr/lib/os-release")).unwrap_or("");
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                (key == name).then(|| value.trim_matches(['"', '\'']).to_owned())
            })
        };
        Self {
            id: field("ID"),
            version: field("VERSION_ID"),
            codename: field("VERSION_CODENAME"),
            libc: Libc::of(image),
        }
    }
}

impl Libc {
    /// The C library of an image.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        let mut musl = false;
        for (_, node) in image.root.iter() {
            let Some(elf) = node.entry.elf() else { continue };
            if elf.soname.as_deref() == Some("libc.so.6") {
                return Self::Glibc {
                    version: newest_glibc(elf.versions_provided.iter())
                        .map(|version| version.trim_start_matches("GLIBC_").to_owned()),
                };
            }
            musl |= elf.soname.as_deref().is_some_and(|name| name.starts_with("libc.musl-"));
        }
        let musl_loader =
            |(path, node): (&str, &crate::image::Node)| path.starts_with("/lib/ld-musl-") && node.entry.is_file();
        if musl || image.root.iter().any(musl_loader) { Self::Musl } else { Self::None }
    }
}

/// The newest of some `GLIBC_x.y` names.
pub(crate) fn newest_glibc<'a>(names: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    names.filter_map(|name| Some((glibc_version(name)?, name.as_str()))).max().map(|(_, name)| name)
}

/// The numbers of a `GLIBC_x.y` name.
pub(crate) fn glibc_version(name: &str) -> Option<Vec<u32>> {
    name.strip_prefix("GLIBC_")?.split('.').map(|part| part.parse().ok()).collect()
}
