//! What is known from a build: plain data, made by whoever built, so that planning needs no engine and can be repeated.

use std::collections::{BTreeMap, BTreeSet};

/// What a build of the original, and a look at runtime bases, have shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The distribution of the image.
    pub release: Option<Release>,
    /// Whether the program that the image runs, and all that it needs for certain, is linked statically.
    pub is_static: Option<bool>,
    /// Whether the run command, its scripts or the health check need a shell.
    pub needs_shell: bool,
    /// Every path of the image, without the leading root itself.
    pub files: BTreeMap<String, ImageFile>,
    /// What the image runs needs, directly or not.
    pub needs: Vec<Need>,
    /// What files need that an earlier plan carries, whether or not the image runs them.
    pub carried_needs: Vec<Need>,
    /// Scripts that the image starts and that run a compiler, each with its name.
    pub compiles: BTreeMap<String, String>,
    /// Scripts that an earlier plan carries, that run a compiler, and that nothing is known to start.
    pub builders: BTreeMap<String, String>,
    /// The packages in the image, by name.
    pub packages: BTreeMap<String, Package>,
    /// The users that the image has.
    pub users: Vec<UserEntry>,
    /// The image's configuration.
    pub config: ImageConfig,
    /// The base images that were looked at, by name.
    pub bases: BTreeMap<String, BaseEvidence>,
    /// What earlier candidates lacked.
    pub repairs: BTreeSet<Repair>,
}

/// The part of an image's configuration that a container starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// The entry point; empty for none.
    pub entrypoint: Vec<String>,
    /// The arguments, or the command where there is no entry point.
    pub cmd: Vec<String>,
    /// The user; empty for root.
    pub user: String,
    /// The working directory; empty for the root.
    pub workdir: String,
    /// The ports, such as `80/tcp`.
    pub ports: BTreeSet<String>,
    /// The volumes.
    pub volumes: BTreeSet<String>,
    /// The stop signal, if one is set.
    pub stop_signal: Option<String>,
}

/// A distribution and its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// `debian`, `alpine`, …, as in os-release.
    pub id: String,
    /// `13`, `3.22`, …
    pub version: String,
    /// `trixie`, …; empty where there is none.
    pub codename: String,
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, pipe or socket.
    Other,
}

/// A path of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFile {
    /// What it is.
    pub kind: FileKind,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
    /// Where a symbolic link leads.
    pub link: Option<String>,
    /// The instruction that made or changed it last, by index in the model; `None` for the base image's.
    pub step: Option<usize>,
    /// The package that owns it.
    pub package: Option<String>,
    /// Whether it is machine code for the kernel: a program or a library.
    pub is_elf: bool,
}

/// How sure a need is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A string that names it.
    Possible,
    /// Named in a way that programs use it.
    Likely,
    /// The kernel, the linker or an interpreter asks for it.
    Certain,
}

/// A path that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The path, after links.
    pub path: String,
    /// How sure.
    pub strength: Strength,
    /// Who needs it and how, in words.
    pub why: String,
}

/// An installed package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The packages it depends on; alternatives count as several.
    pub depends: Vec<String>,
    /// Whether every system of the distribution has it.
    pub essential: bool,
    /// The instruction that installed it, by index in the model; `None` for the base image's.
    pub step: Option<usize>,
}

/// A line of the user database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEntry {
    /// The name.
    pub name: String,
    /// Its number.
    pub uid: u32,
    /// Its group's number.
    pub gid: u32,
    /// Its group's name, if it has one.
    pub group: Option<String>,
    /// Its home directory.
    pub home: String,
    /// Its shell.
    pub shell: String,
}

/// A base image that the runtime stage may start from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaseEvidence {
    /// The distribution.
    pub release: Option<Release>,
    /// Whether it has `/bin/sh`.
    pub has_shell: bool,
    /// `apt`, `apk`, …, if it can install packages.
    pub package_manager: Option<String>,
    /// The packages in it.
    pub packages: BTreeSet<String>,
    /// The paths of the original image that are in it with the same content, owner and mode.
    pub same: BTreeSet<String>,
    /// The paths that exist in it at all, of those the original has.
    pub present: BTreeSet<String>,
    /// Directories in it that are links, and where they lead.
    pub linked_directories: BTreeMap<String, String>,
    /// Names of its users.
    pub users: BTreeSet<String>,
    /// Its configuration.
    pub config: ImageConfig,
    /// Bytes, uncompressed.
    pub size: u64,
}

/// What a candidate lacked, from a failed comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Carry this path.
    Path {
        /// The path.
        path: String,
        /// Why.
        why: String,
    },
    /// Install this package.
    Package {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// Make this user.
    User {
        /// Its name.
        name: String,
    },
    /// Keep this variable of the original base.
    Variable {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Keep what a command at the end of the build stage would remove.
    Untrimmed,
    /// Give the path its owner and mode back.
    Metadata {
        /// The path.
        path: String,
    },
}
