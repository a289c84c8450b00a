//! How hadolint reads the commands of package managers: one row each.

use dfopt_semantic::command::{Invocation, Word};

use super::{has_any_flag, has_arg, is_any, name, plain_args, text};

/// The install command of a package manager.
pub(crate) struct Installer {
    /// The programs.
    pub names: &'static [&'static str],
    /// The verbs, wherever they stand.
    pub verbs: &'static [&'static str],
    /// The flags whose value is no package.
    pub valued: &'static [&'static str],
}

/// `apt-get install`
pub(crate) static APT_GET: Installer =
    Installer { names: &["apt-get"], verbs: &["install"], valued: &["t", "target-release"] };
/// `apk add`
pub(crate) static APK: Installer =
    Installer { names: &["apk"], verbs: &["add"], valued: &["t", "virtual", "X", "repository"] };
/// `yum install`
pub(crate) static YUM: Installer = Installer { names: &["yum"], verbs: &["install"], valued: &[] };
/// `dnf install`
pub(crate) static DNF: Installer = Installer { names: &["dnf", "microdnf"], verbs: &["install"], valued: &[] };
/// `zypper install`
pub(crate) static ZYPPER: Installer = Installer { names: &["zypper"], verbs: &["install", "in"], valued: &[] };

/// The options of pip whose values hadolint leaves out.
const PIP_VALUED: &[&str] = &[
    "abi",
    "b",
    "build",
    "e",
    "editable",
    "extra-index-url",
    "f",
    "find-links",
    "i",
    "index-url",
    "implementation",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python",
    "python-version",
    "root",
    "root-user-action",
    "src",
    "t",
    "target",
    "trusted-host",
    "upgrade-strategy",
];

impl Installer {
    /// Whether the command installs.
    pub fn installs(&self, invocation: &Invocation) -> bool {
        is_any(invocation, self.names) && has_arg(invocation, self.verbs)
    }

    /// What it installs: every plain argument but the verbs; none when it does not install.
    pub fn packages<'i>(&self, invocation: &'i Invocation) -> Vec<&'i Word> {
        if !self.installs(invocation) {
            return Vec::new();
        }
        let mut words = plain_args(invocation, self.valued);
        words.retain(|word| !self.verbs.contains(&text(word)));
        words
    }
}

/// `pip install`, `python -m pip install`, and what begins with `pip` besides
pub(crate) fn is_pip_install(invocation: &Invocation) -> bool {
    let Some((name, _)) = name(invocation) else { return false };
    let args: Vec<&str> = super::args(invocation).collect();
    let is_pip = name.starts_with("pip") && !name.starts_with("pipenv") && args.contains(&"install");
    let is_module = name.starts_with("python") && args.windows(3).any(|three| three == ["-m", "pip", "install"]);
    is_pip || is_module
}

/// What `pip install` is given, unless a file says more of it.
pub(crate) fn pip_packages(invocation: &Invocation) -> Vec<&Word> {
    let is_elsewhere = has_any_flag(invocation, &["constraint", "c"])
        || has_arg(invocation, &["--requirement", "-r", "."])
        || !is_pip_install(invocation);
    if is_elsewhere {
        return Vec::new();
    }
    let words = plain_args(invocation, PIP_VALUED);
    words.into_iter().skip_while(|word| text(word) != "install").filter(|word| text(word) != "install").collect()
}

/// What `npm install` is given; the verb has to come first.
pub(crate) fn npm_packages(invocation: &Invocation) -> Vec<&Word> {
    if !is_any(invocation, &["npm"]) || !has_arg(invocation, &["install"]) {
        return Vec::new();
    }
    let words = plain_args(invocation, &["loglevel", "registry"]);
    match words.split_first() {
        Some((verb, packages)) if text(verb) == "install" => {
            packages.iter().copied().filter(|word| text(word) != "install").collect()
        }
        _ => Vec::new(),
    }
}

/// What `gem install` is given, unless one version is said for all. Every option swallows the next word.
pub(crate) fn gem_packages(invocation: &Invocation) -> Vec<&Word> {
    const VERBS: &[&str] = &["install", "i"];
    let has_version =
        super::args(invocation).any(|arg| matches!(arg, "-v" | "--version") || arg.starts_with("--version="));
    if !is_any(invocation, &["gem"]) || !has_arg(invocation, VERBS) || has_version {
        return Vec::new();
    }
    let mut gems = Vec::new();
    let mut words = invocation.words.iter().skip(1).take_while(|word| text(word) != "--");
    while let Some(word) = words.next() {
        if text(word).starts_with('-') {
            words.next();
        } else if !VERBS.contains(&text(word)) {
            gems.push(word);
        }
    }
    gems
}
