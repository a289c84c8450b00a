//! apk and opkg, whose package words look alike.

use super::super::options::{Spec, Style};
use super::super::understood::Understood;
use super::super::view::Command;
use super::super::word::Word;
use super::{
    Cleaned, Maintenance, Manager, Package, PackageInstall, PackageKind, Setting, maintenance, open_version, package,
    packages, removal, setting, verb,
};

static APK: Spec = Spec {
    style: Style::Gnu,
    short: "tXp",
    attached: "",
    long: &[
        "virtual",
        "repository",
        "root",
        "arch",
        "cache-dir",
        "cache-max-age",
        "keys-dir",
        "repositories-file",
        "repository-config",
        "wait",
        "progress-fd",
        "timeout",
    ],
};
static OPKG: Spec = Spec {
    style: Style::Gnu,
    short: "fdotV",
    attached: "",
    long: &["conf", "dest", "offline-root", "tmp-dir", "cache", "add-dest", "add-arch"],
};

pub(super) fn apk<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&APK);
    let (verb, rest) = verb(&parsed)?;
    let action = match verb.text()? {
        "add" => {
            let (mut packages, complete) = packages(rest, apk_package);
            packages.retain(|p| !p.word.text().is_some_and(|t| t.starts_with('!')));
            let no_cache = parsed.has(&["--no-cache"]);
            return Some(Understood::PackageInstall(PackageInstall {
                manager: Manager::Apk,
                tool,
                verb,
                packages,
                recommends: Setting::Off,
                yes: Setting::On,
                cache: setting(false, no_cache),
                signatures: setting(false, parsed.has(&["--allow-untrusted"])),
                refreshes: no_cache || parsed.has(&["-U", "--update", "--update-cache"]),
                virtual_name: parsed.value(&["-t", "--virtual"]),
                root: parsed.value(&["-p", "--root"]),
                complete: complete && !parsed.open,
            }));
        }
        "del" => return removal(Manager::Apk, tool, verb, rest, true, apk_package),
        "update" => Maintenance::Update,
        "upgrade" => Maintenance::Upgrade,
        "fix" => Maintenance::Upgrade,
        "fetch" => Maintenance::Download,
        "cache" => match rest.first().and_then(|w| w.text()) {
            Some("clean" | "purge") => Maintenance::Clean(Cleaned::Archives),
            _ => Maintenance::Download,
        },
        "info" | "search" | "list" | "policy" | "version" | "stats" | "dot" | "verify" | "audit" | "manifest"
        | "index" | "query" => Maintenance::Query,
        _ => return None,
    };
    let mut found = maintenance(Manager::Apk, tool, verb, action);
    if let Some(Understood::PackageMaintenance(maintenance)) = &mut found {
        maintenance.cache = setting(false, parsed.has(&["--no-cache"]));
    }
    found
}

fn apk_package(word: &Word) -> Package<'_> {
    let Some(text) = word.text() else {
        return open_version(word, &['=', '>', '<', '~', '@']);
    };
    if text.ends_with(".apk") {
        let kind = if text.contains("://") { PackageKind::Url } else { PackageKind::File };
        return package(text, None, kind, word);
    }
    let text = text.trim_start_matches('!');
    if text.contains(':') {
        return package(text, None, PackageKind::Capability, word);
    }
    let end = text.find(['=', '>', '<', '~', '@']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let version = rest.split('@').next().map(|v| v.trim_start_matches(['=', '>', '<', '~'])).filter(|v| !v.is_empty());
    package(name, version, PackageKind::Name, word)
}

pub(super) fn opkg<'a>(command: &Command<'a>, tool: &'a str) -> Option<Understood<'a>> {
    let parsed = command.options(&OPKG);
    let (verb, rest) = verb(&parsed)?;
    let action = match verb.text()? {
        "install" => {
            let (packages, complete) = packages(rest, apk_package);
            return Some(Understood::PackageInstall(PackageInstall {
                manager: Manager::Opkg,
                tool,
                verb,
                packages,
                recommends: setting(false, parsed.has(&["--no-install-recommends"])),
                yes: Setting::On,
                cache: Setting::Default,
                signatures: Setting::Default,
                refreshes: false,
                virtual_name: None,
                root: parsed.value(&["-o", "--offline-root"]),
                complete: complete && !parsed.open,
            }));
        }
        "remove" => return removal(Manager::Opkg, tool, verb, rest, parsed.has(&["--autoremove"]), apk_package),
        "update" => Maintenance::Update,
        "upgrade" => Maintenance::Upgrade,
        "clean" => Maintenance::Clean(Cleaned::Archives),
        "list" | "list-installed" | "info" | "status" | "files" | "search" | "find" => Maintenance::Query,
        _ => return None,
    };
    maintenance(Manager::Opkg, tool, verb, action)
}
