//! pacman.

use super::super::options::{Spec, Style};
use super::super::understood::Understood;
use super::super::view::Command;
use super::super::word::Word;
use super::{
    Cleaned, Maintenance, Manager, Package, PackageInstall, PackageKind, Setting, maintenance, package, packages,
    removal, setting, unknown,
};

static PACMAN: Spec = Spec {
    style: Style::Gnu,
    short: "br",
    attached: "",
    long: &["dbpath", "root", "cachedir", "config", "gpgdir", "hookdir", "ignore", "ignoregroup", "overwrite", "arch"],
};
pub(super) fn pacman<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&PACMAN);
    let has = |short: &str, long: &str| parsed.has(&[short, long]);
    let word = parsed.options.first().map(|o| o.word)?;
    let count = |name: &str| parsed.options.iter().filter(|o| &*o.name == name).count();
    if has("-S", "--sync") || has("-U", "--upgrade") {
        if count("-c") + count("--clean") > 0 {
            return maintenance(Manager::Pacman, tool, word, Maintenance::Clean(Cleaned::Everything));
        }
        if has("-s", "--search") || has("-i", "--info") || has("-l", "--list") {
            return maintenance(Manager::Pacman, tool, word, Maintenance::Query);
        }
        if parsed.operands.is_empty() {
            let action = if has("-u", "--sysupgrade") { Maintenance::Upgrade } else { Maintenance::Update };
            return maintenance(Manager::Pacman, tool, word, action);
        }
        let (packages, complete) = packages(&parsed.operands, pacman_package);
        return Some(Understood::PackageInstall(PackageInstall {
            manager: Manager::Pacman,
            tool,
            verb: word,
            packages,
            recommends: Setting::Off,
            yes: setting(has("--noconfirm", "--noconfirm"), false),
            cache: Setting::Default,
            signatures: Setting::Default,
            refreshes: has("-y", "--refresh"),
            virtual_name: None,
            root: parsed.value(&["-r", "--root"]),
            complete: complete && !parsed.open,
        }));
    }
    if has("-R", "--remove") {
        let unneeded = has("-s", "--recursive");
        return removal(Manager::Pacman, tool, word, &parsed.operands, unneeded, pacman_package);
    }
    let action = if has("-D", "--database") { Maintenance::Configure } else { Maintenance::Query };
    maintenance(Manager::Pacman, tool, word, action)
}

fn pacman_package(word: &Word) -> Package<'_> {
    let Some(text) = word.text() else {
        return unknown(word);
    };
    if text.contains("://") {
        return package(text, None, PackageKind::Url, word);
    }
    if text.contains(".pkg.tar") {
        return package(text, None, PackageKind::File, word);
    }
    let name = text.rsplit('/').next().unwrap_or(text);
    match name.split_once('=') {
        Some((name, version)) => package(name, Some(version), PackageKind::Name, word),
        None if matches!(name, "base-devel" | "gnome" | "kde-applications") => {
            package(name, None, PackageKind::Group, word)
        }
        None => package(name, None, PackageKind::Name, word),
    }
}
