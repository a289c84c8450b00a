//! apt-get, apt, aptitude and dpkg.

use super::super::options::{Parsed, Spec, Style};
use super::super::understood::Understood;
use super::super::view::Command;
use super::super::word::Word;
use super::{
    Cleaned, Maintenance, Manager, Package, PackageInstall, PackageKind, Setting, local_install, maintenance,
    open_version, package, packages, removal, setting, verb,
};

pub(super) static APT: Spec = Spec {
    style: Style::Gnu,
    short: "tocaP",
    attached: "q",
    long: &[
        "target-release",
        "default-release",
        "option",
        "config-file",
        "host-architecture",
        "build-profiles",
        "with-source",
    ],
};
static DPKG: Spec = Spec {
    style: Style::Gnu,
    short: "D",
    attached: "",
    long: &["root", "admindir", "instdir", "path-exclude", "path-include", "log"],
};
pub(super) fn apt_switch(parsed: &Parsed<'_>, key: &str, long: &str, negated: &str) -> Setting {
    let mut found = Setting::Default;
    for option in &parsed.options {
        let name = &*option.name;
        if name == format!("--{long}") {
            let off = option.value.and_then(|v| v.text()).is_some_and(|v| matches!(v, "0" | "no" | "false" | "off"));
            found = if off { Setting::Off } else { Setting::On };
        } else if name == format!("--{negated}") {
            found = Setting::Off;
        } else if matches!(name, "-o" | "--option") {
            let Some(text) = option.value.and_then(|v| v.text()) else {
                continue;
            };
            let Some((given, value)) = text.split_once('=') else {
                continue;
            };
            if given.trim().eq_ignore_ascii_case(key) {
                let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
                found = match value.as_str() {
                    "0" | "no" | "false" | "off" | "without" | "disable" => Setting::Off,
                    _ => Setting::On,
                };
            }
        }
    }
    found
}

pub(super) fn apt<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&APT);
    let (verb, rest) = verb(&parsed)?;
    let action = match verb.text()? {
        "install" | "reinstall" | "build-dep" | "satisfy" => {
            let mut recommends =
                apt_switch(&parsed, "APT::Install-Recommends", "install-recommends", "no-install-recommends");
            if tool == "aptitude" && parsed.has(&["--without-recommends", "-R"]) {
                recommends = Setting::Off;
            }
            let assume = apt_switch(&parsed, "APT::Get::Assume-Yes", "yes", "assume-no");
            let yes = parsed.has(&["-y", "--assume-yes", "--force-yes"])
                || parsed
                    .options
                    .iter()
                    .filter(|o| &*o.name == "-q")
                    .any(|o| o.value.and_then(|v| v.text()).is_some_and(quiet_implies_yes));
            let (packages, complete) = packages(rest, apt_package);
            let (removed, packages): (Vec<_>, Vec<_>) =
                packages.into_iter().partition(|p| p.word.text().is_some_and(|t| t.ends_with('-') && t.len() > 1));
            // `apt-get install x-` removes x: what remains to be installed is what the command is about.
            drop(removed);
            return Some(Understood::PackageInstall(PackageInstall {
                manager: Manager::Apt,
                tool,
                verb,
                packages,
                recommends,
                yes: if yes { Setting::On } else { assume },
                cache: Setting::Default,
                signatures: setting(
                    false,
                    parsed.has(&["--allow-unauthenticated", "--force-yes"])
                        || apt_switch(&parsed, "APT::Get::AllowUnauthenticated", "\0", "\0") == Setting::On,
                ),
                refreshes: parsed.has(&["--update", "-U"]),
                virtual_name: None,
                root: None,
                complete: complete && !parsed.open,
            }));
        }
        "remove" | "purge" | "autoremove" | "autopurge" | "markauto" => {
            let unneeded = verb.is_any(&["autoremove", "autopurge", "markauto"])
                || parsed.has(&["--auto-remove", "--autoremove"])
                || apt_switch(&parsed, "APT::Get::AutomaticRemove", "\0", "\0") == Setting::On;
            return removal(Manager::Apt, tool, verb, rest, unneeded, apt_package);
        }
        "update" => Maintenance::Update,
        "upgrade" | "safe-upgrade" => Maintenance::Upgrade,
        "dist-upgrade" | "full-upgrade" => Maintenance::DistributionUpgrade,
        "clean" | "autoclean" | "auto-clean" => Maintenance::Clean(Cleaned::Archives),
        "dist-clean" | "distclean" => Maintenance::Clean(Cleaned::Everything),
        "download" | "source" => Maintenance::Download,
        "edit-sources" | "hold" | "unhold" | "forget-new" => Maintenance::Configure,
        "list" | "show" | "search" | "policy" | "depends" | "rdepends" | "changelog" | "check" | "moo" | "help"
        | "indextargets" | "why" | "versions" => Maintenance::Query,
        _ => return None,
    };
    maintenance(Manager::Apt, tool, verb, action)
}

/// `-qq` means yes to apt-get; `-qy` is a group.
pub(super) fn quiet_implies_yes(after: &str) -> bool {
    after.starts_with('q') || after.contains('y') || after == "=2"
}

fn apt_package(word: &Word) -> Package<'_> {
    let Some(text) = word.text() else {
        let prefix = word.static_prefix();
        // `name=15.*` is one package: the pattern is in its version.
        let is_pattern = !prefix.is_empty() && !prefix.contains(['=', '/']) && !word.raw.contains('$');
        if is_pattern && word.lone_variable().is_none() {
            return package(&prefix, None, PackageKind::Pattern, word);
        }
        return open_version(word, &['=', '/']);
    };
    if text.starts_with(['/', '.']) || (text.ends_with(".deb") && text.contains('/')) {
        return package(text, None, PackageKind::File, word);
    }
    if let Some(task) = text.strip_suffix('^') {
        return package(task, None, PackageKind::Group, word);
    }
    let (name, version) = match text.split_once('=') {
        Some((name, version)) => (name, Some(version)),
        None => match text.split_once('/') {
            Some((name, _release)) => (name, None),
            None => (text, None),
        },
    };
    let name = name.split(':').next().unwrap_or(name);
    // `g++` is a name although a `+` at the end means "install" to apt.
    let name = match name.strip_suffix('-') {
        Some(removed) if !removed.is_empty() => removed,
        _ => name,
    };
    let kind = if name.contains(['*', '?']) { PackageKind::Pattern } else { PackageKind::Name };
    package(name, version, kind, word)
}

pub(super) fn dpkg<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&DPKG);
    let first = parsed.options.first()?;
    if parsed.has(&["-i", "--install", "--unpack"]) {
        return local_install(Manager::Apt, tool, first.word, &parsed, Setting::Default);
    }
    if parsed.has(&["-r", "--remove", "-P", "--purge"]) {
        return removal(Manager::Apt, tool, first.word, &parsed.operands, false, apt_package);
    }
    let action = if parsed.has(&["--add-architecture", "--remove-architecture", "--configure", "--set-selections"]) {
        Maintenance::Configure
    } else if parsed.has(&["-x", "--extract", "-X", "-e", "--control", "-b", "--build"]) {
        return None;
    } else {
        Maintenance::Query
    };
    maintenance(Manager::Apt, tool, first.word, action)
}

/// A script of the base image that installs the packages it is given, without recommended ones, and cleans up.
pub(super) fn install_script<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&APT);
    let (packages, complete) = packages(&parsed.operands, apt_package);
    Some(Understood::PackageInstall(PackageInstall {
        manager: Manager::Apt,
        tool,
        verb: command.name_word()?,
        packages,
        recommends: Setting::Off,
        yes: Setting::On,
        cache: Setting::Off,
        signatures: Setting::Default,
        refreshes: true,
        virtual_name: None,
        root: None,
        complete: complete && !parsed.open,
    }))
}
