//! dnf, yum, microdnf, zypper and rpm.

use super::super::options::{Spec, Style};
use super::super::understood::Understood;
use super::super::view::Command;
use super::super::word::Word;
use super::{
    Cleaned, Maintenance, Manager, Package, PackageInstall, PackageKind, Setting, local_install, maintenance, package,
    packages, removal, setting, unknown, verb,
};

pub(super) static DNF: Spec = Spec {
    style: Style::Gnu,
    short: "cdeRx",
    attached: "",
    long: &[
        "config",
        "exclude",
        "installroot",
        "releasever",
        "enablerepo",
        "disablerepo",
        "repo",
        "repoid",
        "setopt",
        "forcearch",
        "comment",
        "downloaddir",
        "advisory",
        "cve",
        "color",
        "repofrompath",
        "destdir",
        "arch",
    ],
};
pub(super) static ZYPPER: Spec = Spec {
    style: Style::Gnu,
    short: "cRDCptr",
    attached: "",
    long: &[
        "config",
        "root",
        "installroot",
        "reposd-dir",
        "cache-dir",
        "plus-repo",
        "releasever",
        "type",
        "repo",
        "from",
        "download",
        "solver-focus",
    ],
};
static RPM: Spec = Spec {
    style: Style::Gnu,
    short: "rED",
    attached: "",
    long: &["root", "dbpath", "prefix", "relocate", "excludepath", "define", "import", "qf", "queryformat"],
};
pub(super) fn dnf<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&DNF);
    let (mut verb, mut rest) = match tool {
        "yum-builddep" => (command.name_word()?, parsed.operands.as_slice()),
        _ => verb(&parsed)?,
    };
    let mut text = match tool {
        "yum-builddep" => "install",
        _ => verb.text()?,
    };
    let mut group = matches!(text, "groupinstall" | "groupremove");
    if matches!(text, "group" | "groups" | "module" | "grp") {
        group = text != "module";
        let (second, others) = rest.split_first()?;
        verb = second;
        rest = others;
        text = second.text()?;
    }
    let action = match text {
        "install" | "in" | "reinstall" | "rei" | "localinstall" | "groupinstall" | "builddep" | "install-n"
        | "install-na" | "install-nevra" | "enable" | "swap" => {
            if text == "enable" {
                return maintenance(Manager::Rpm, tool, verb, Maintenance::Configure);
            }
            let (mut packages, complete) = packages(rest, rpm_package);
            if group {
                for package in &mut packages {
                    if package.kind == PackageKind::Name {
                        package.kind = PackageKind::Group;
                    }
                }
            }
            let weak = parsed.values(&["--setopt"]).find_map(|v| {
                let (key, value) = v.text()?.split_once('=')?;
                (key.ends_with("install_weak_deps"))
                    .then(|| setting(true, matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off")))
            });
            let keep = parsed.values(&["--setopt"]).find_map(|v| {
                let (key, value) = v.text()?.split_once('=')?;
                (key == "keepcache").then(|| setting(true, matches!(value, "0" | "false" | "False" | "no")))
            });
            return Some(Understood::PackageInstall(PackageInstall {
                manager: Manager::Rpm,
                tool,
                verb,
                packages,
                recommends: weak.unwrap_or_default(),
                yes: setting(parsed.has(&["-y", "--assumeyes", "--nobest-y"]), parsed.has(&["--assumeno"])),
                cache: keep.unwrap_or_default(),
                signatures: setting(false, parsed.has(&["--nogpgcheck", "--no-gpgchecks"])),
                refreshes: !parsed.has(&["-C", "--cacheonly"]),
                virtual_name: None,
                root: parsed.value(&["--installroot"]),
                complete: complete && !parsed.open,
            }));
        }
        "remove" | "erase" | "rm" | "autoremove" | "groupremove" => {
            let unneeded = text == "autoremove" || !matches!(tool, "yum" | "microdnf" | "tdnf");
            return removal(Manager::Rpm, tool, verb, rest, unneeded, rpm_package);
        }
        "history" => match rest.first().and_then(|w| w.text()) {
            Some("undo" | "rollback") => return removal(Manager::Rpm, tool, verb, &[], true, rpm_package),
            _ => Maintenance::Query,
        },
        "makecache" | "check-update" => Maintenance::Update,
        "upgrade" | "update" | "up" | "upgrade-minimal" | "update-minimal" | "up-min" | "downgrade" => {
            Maintenance::Upgrade
        }
        "distro-sync" | "dsync" | "distrosync" | "system-upgrade" => Maintenance::DistributionUpgrade,
        "clean" => match rest.first().and_then(|w| w.text()) {
            Some("packages") => Maintenance::Clean(Cleaned::Archives),
            Some("metadata" | "dbcache" | "expire-cache") => Maintenance::Clean(Cleaned::Index),
            _ => Maintenance::Clean(Cleaned::Everything),
        },
        "download" => Maintenance::Download,
        "config-manager" | "copr" | "mark" | "disable" | "reset" | "switch-to" | "versionlock" => {
            Maintenance::Configure
        }
        "list" | "info" | "search" | "provides" | "whatprovides" | "repolist" | "repoquery" | "repoinfo" | "check"
        | "deplist" | "updateinfo" | "help" | "summary" => Maintenance::Query,
        _ => return None,
    };
    maintenance(Manager::Rpm, tool, verb, action)
}

/// Splits `name-version[-release][.arch]`; only a part that begins with a digit is a version.
fn rpm_package(word: &Word) -> Package<'_> {
    let Some(text) = word.text() else {
        let prefix = word.static_prefix();
        // `name-1.*` and `name=1.*` are one package: the pattern is in its version.
        let version = prefix.rsplit_once(['-', '=']).filter(|(name, version)| {
            !name.is_empty() && (version.starts_with(|c: char| c.is_ascii_digit()) || prefix.contains('='))
        });
        if let Some((name, _)) = version {
            return package(name, Some(""), PackageKind::Name, word);
        }
        return match prefix.strip_suffix('-') {
            Some(name) if !name.is_empty() && word.raw.contains('$') => {
                package(name, Some(""), PackageKind::Name, word)
            }
            _ if !prefix.is_empty() && !word.raw.contains('$') => package(&prefix, None, PackageKind::Pattern, word),
            _ => unknown(word),
        };
    };
    if text.contains("://") {
        return package(text, None, PackageKind::Url, word);
    }
    if let Some(group) = text.strip_prefix('@') {
        return package(group, None, PackageKind::Group, word);
    }
    if text.ends_with(".rpm") {
        return package(text, None, PackageKind::File, word);
    }
    if text.starts_with('/') || text.contains('(') {
        return package(text, None, PackageKind::Capability, word);
    }
    if text.contains(['*', '?']) {
        return package(text, None, PackageKind::Pattern, word);
    }
    let text_no_arch = [".x86_64", ".aarch64", ".noarch", ".i686", ".ppc64le", ".s390x"]
        .iter()
        .find_map(|arch| text.strip_suffix(arch))
        .unwrap_or(text);
    if let Some((name, version)) = text_no_arch.split_once('=') {
        return package(name, Some(version), PackageKind::Name, word);
    }
    let mut parts = text_no_arch.rsplitn(3, '-');
    let last = parts.next().unwrap_or("");
    let middle = parts.next();
    let first = parts.next();
    let digit = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    match (first, middle) {
        (Some(name), Some(version)) if digit(version) && digit(last) => {
            package(name, Some(&text_no_arch[name.len() + 1..]), PackageKind::Name, word)
        }
        (_, Some(_)) if digit(last) => {
            let name = text_no_arch.strip_suffix(last).and_then(|n| n.strip_suffix('-')).unwrap_or(text_no_arch);
            package(name, Some(last), PackageKind::Name, word)
        }
        _ => package(text_no_arch, None, PackageKind::Name, word),
    }
}

pub(super) fn zypper<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&ZYPPER);
    let (verb, rest) = verb(&parsed)?;
    let action = match verb.text()? {
        "install" | "in" | "source-install" | "si" | "install-new-recommends" | "inr" => {
            let (mut packages, complete) = packages(rest, rpm_package);
            if parsed.text(&["-t", "--type"]).is_some_and(|t| t == "pattern") {
                for package in &mut packages {
                    package.kind = PackageKind::Group;
                }
            }
            return Some(Understood::PackageInstall(PackageInstall {
                manager: Manager::Zypper,
                tool,
                verb,
                packages,
                recommends: setting(parsed.has(&["--recommends"]), parsed.has(&["--no-recommends"])),
                yes: setting(parsed.has(&["-y", "--no-confirm", "-n", "--non-interactive"]), false),
                cache: Setting::Default,
                signatures: setting(false, parsed.has(&["--no-gpg-checks", "--allow-unsigned-rpm"])),
                refreshes: !parsed.has(&["--no-refresh"]),
                virtual_name: None,
                root: parsed.value(&["--root", "-R", "--installroot"]),
                complete: complete && !parsed.open,
            }));
        }
        "remove" | "rm" => {
            let unneeded = parsed.has(&["-u", "--clean-deps"]);
            return removal(Manager::Zypper, tool, verb, rest, unneeded, rpm_package);
        }
        "refresh" | "ref" => Maintenance::Update,
        "update" | "up" | "patch" => Maintenance::Upgrade,
        "dist-upgrade" | "dup" => Maintenance::DistributionUpgrade,
        "clean" | "cc" => Maintenance::Clean(Cleaned::Everything),
        "download" => Maintenance::Download,
        "addrepo" | "ar" | "removerepo" | "rr" | "modifyrepo" | "mr" | "addlock" | "al" => Maintenance::Configure,
        "search" | "se" | "info" | "if" | "repos" | "lr" | "list-updates" | "lu" => Maintenance::Query,
        _ => return None,
    };
    maintenance(Manager::Zypper, tool, verb, action)
}

pub(super) fn rpm<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&RPM);
    let first = parsed.options.first()?;
    if parsed.has(&["--import"]) {
        return maintenance(Manager::Rpm, tool, first.word, Maintenance::Configure);
    }
    if parsed.has(&["-q", "--query", "-V", "--verify", "--eval", "-E", "-K", "--checksig", "--showrc"]) {
        return maintenance(Manager::Rpm, tool, first.word, Maintenance::Query);
    }
    if parsed.has(&["-i", "--install", "-U", "--upgrade", "-F", "--freshen", "--reinstall"]) {
        let unchecked = parsed.has(&["--nosignature", "--nodigest", "--nogpg"]);
        return local_install(Manager::Rpm, tool, first.word, &parsed, setting(false, unchecked));
    }
    if parsed.has(&["-e", "--erase"]) {
        return removal(Manager::Rpm, tool, first.word, &parsed.operands, false, rpm_package);
    }
    None
}
