//! What the system offers: C library family, certificates, time zones, locales, resolver settings.

use super::{Pair, Results};
use crate::closure::Certainty;
use crate::facts::{Libc, System};
use crate::image::{Image, file_name};
use crate::verdict::{CheckName, Counterexample, Status};

const NAME: CheckName = CheckName::System;

const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];
const ZONES: &str = "/usr/share/zoneinfo";
/// Libraries that open TLS connections with the system's certificates.
const TLS: &[&str] = &[
    "libssl.so",
    "libgnutls.so",
    "libcurl",
    "libmbedtls",
    "libnss3",
    "libpq.so",
    "libmariadb",
    "libmysqlclient",
    "libldap",
];
/// Programs that do; Node brings certificates of its own.
const INTERPRETERS: &[&str] = &[
    "python", "ruby", "perl", "php", "java", "erl", "beam", "mono", "dotnet", "Rscript", "lua", "curl", "wget", "git",
    "openssl",
];

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    results.status(NAME, Status::Same);
    distribution(pair, results);
    certificates(pair, results);
    zones(pair, results);
    locales(pair, results);
}

fn distribution(pair: &Pair<'_>, results: &mut Results) {
    let (old, new) = (System::of(pair.original()), System::of(pair.candidate()));
    let dynamic = pair
        .kept
        .paths
        .iter()
        .filter_map(|path| pair.candidate().root.get(path))
        .filter_map(|node| node.entry.elf())
        .any(|elf| elf.linked && !elf.is_static);
    let family = |libc: &Libc| matches!(libc, Libc::Musl);
    if dynamic && family(&old.libc) != family(&new.libc) {
        results.difference(
            NAME,
            Counterexample::WrongSetting {
                setting: "C library".into(),
                want: format!("{:?}", old.libc),
                have: format!("{:?}", new.libc),
            },
        );
    }
    let release = |system: &System| (system.id.clone(), system.version.clone());
    if release(&old) == release(&new) {
        return;
    }
    let names = |system: &System| match &system.id {
        Some(id) => format!("{id} {}", system.version.as_deref().unwrap_or("")).trim().to_owned(),
        None => "no distribution".to_owned(),
    };
    let named = pair.needs.at_least(Certainty::Likely).any(|need| {
        need.owner.is_none()
            && matches!(
                need.path.as_str(),
                "/etc/os-release" | "/usr/lib/os-release" | "/etc/debian_version" | "/etc/alpine-release"
            )
    });
    if named {
        results.difference(
            NAME,
            Counterexample::WrongSetting {
                setting: "distribution that a kept file asks for".into(),
                want: names(&old),
                have: names(&new),
            },
        );
    } else {
        results.expected(
            NAME,
            format!("{} instead of {}", names(&new), names(&old)),
            "every needed file is checked by its own, and nothing asks which distribution it runs on",
        );
    }
}

/// Whether something in the image can speak TLS with the system's certificates.
fn speaks_tls(pair: &Pair<'_>) -> bool {
    pair.needs.at_least(Certainty::Likely).any(|need| {
        let name = file_name(&need.path);
        TLS.iter().any(|library| name.starts_with(library))
            || INTERPRETERS.iter().any(|program| {
                name.strip_prefix(program)
                    .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-')))
            })
            || need.path.starts_with("/etc/ssl")
            || need.path.starts_with("/etc/pki")
    })
}

fn certificates(pair: &Pair<'_>, results: &mut Results) {
    let bundle = |image: &Image| {
        BUNDLES.iter().find(|path| image.root.resolve(path).is_ok_and(|found| found.node.entry.size() > 0)).copied()
    };
    let Some(old) = bundle(pair.original()) else { return };
    // A program looks where the original had it.
    let there = pair.candidate().root.resolve(old).is_ok_and(|found| found.node.entry.size() > 0);
    if there {
        own_certificates(pair, old, results);
        return;
    }
    if speaks_tls(pair) {
        results.difference(
            NAME,
            Counterexample::MissingFile {
                path: old.to_owned(),
                count: 1,
                because: "certificates that a needed program can ask for".into(),
                owner: Some("ca-certificates".to_owned()).filter(|name| pair.original().packages().get(name).is_some()),
            },
        );
    } else {
        results.expected(NAME, old, "nothing that is needed speaks TLS with the system's certificates");
    }
}

/// Certificates that the user added are part of the bundle only when the tool that makes it ran again.
fn own_certificates(pair: &Pair<'_>, bundle: &str, results: &mut Results) {
    let own = pair
        .original()
        .root
        .below("/usr/local/share/ca-certificates")
        .any(|(_, node)| node.entry.is_file() && !pair.original().is_from_base(node));
    let digest = |image: &Image| image.root.resolve(bundle).ok().and_then(|found| found.node.entry.sha256());
    if own
        && digest(pair.original()) != digest(pair.candidate())
        && crate::expectations::reason_for(&pair.expectations.changed, bundle).is_none()
    {
        results.difference(
            NAME,
            Counterexample::ChangedFile {
                path: bundle.to_owned(),
                because: "the original added certificates of its own to it".into(),
            },
        );
    }
}

fn zones(pair: &Pair<'_>, results: &mut Results) {
    let count = |image: &Image| image.root.resolve(ZONES).map_or(0, |found| image.root.below(&found.path).count());
    let (old, new) = (count(pair.original()), count(pair.candidate()));
    if old < 10 || new * 2 >= old {
        return;
    }
    let config = &pair.original().config.config;
    let zone = config.env_value("TZ").is_some_and(|zone| !zone.is_empty() && zone != "UTC");
    let localtime =
        pair.original().root.resolve("/etc/localtime").ok().filter(|found| !pair.original().is_from_base(found.node));
    let named = pair
        .needs
        .at_least(Certainty::Likely)
        .any(|need| need.owner.as_deref().is_none_or(|owner| owner == "tzdata") && need.path.starts_with(ZONES));
    let variable = pair.needs.variables.contains_key("TZ");
    let interpreter = pair.needs.at_least(Certainty::Likely).any(|need| {
        let name = file_name(&need.path);
        ["python", "ruby", "php", "perl"].iter().any(|program| name.starts_with(program))
    });
    if zone || localtime.is_some() || named || variable || interpreter {
        results.difference(
            NAME,
            Counterexample::MissingFile {
                path: ZONES.to_owned(),
                count: old - new,
                because: "time zones that a needed program can ask for".into(),
                owner: Some("tzdata".to_owned()).filter(|name| pair.original().packages().get(name).is_some()),
            },
        );
    } else {
        results.expected(NAME, ZONES, "no zone is set, and nothing that is needed can look one up");
    }
}

/// A locale other than the built-in ones must still be there.
fn locales(pair: &Pair<'_>, results: &mut Results) {
    let config = &pair.original().config.config;
    let wanted = ["LC_ALL", "LANG", "LC_CTYPE"]
        .iter()
        .filter_map(|name| config.env_value(name))
        .any(|value| !matches!(value.to_ascii_uppercase().as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.UTF8"));
    if !wanted {
        return;
    }
    for path in ["/usr/lib/locale/locale-archive", "/usr/share/i18n/locales"] {
        if path.ends_with("archive") && pair.original().root.exists(path) && !pair.candidate().root.exists(path) {
            results.difference(
                NAME,
                Counterexample::MissingFile {
                    path: path.to_owned(),
                    count: 1,
                    because: "the environment asks for a locale that is in it".into(),
                    owner: None,
                },
            );
        }
    }
    let folders = |image: &Image| -> Vec<String> {
        image
            .root
            .children("/usr/lib/locale")
            .filter(|(_, node)| node.entry.is_folder())
            .map(|(path, _)| path.to_owned())
            .collect()
    };
    for path in folders(pair.original()) {
        if !pair.candidate().root.exists(&path) {
            results.difference(
                NAME,
                Counterexample::MissingFile {
                    path,
                    count: 1,
                    because: "the environment asks for a locale".into(),
                    owner: None,
                },
            );
        }
    }
}
