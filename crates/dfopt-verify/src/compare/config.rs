//! Image configuration: what the user wrote must be equal, what came from the base must not matter.

use std::collections::BTreeSet;

use super::{Pair, Results};
use crate::expectations::reason_for;
use crate::image::RunConfig;
use crate::verdict::{CheckName, Counterexample};

const NAME: CheckName = CheckName::Config;

/// Variables that runtimes and libraries act on without being asked by the program.
const BEHAVIOURAL: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "SHELL",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "JAVA_HOME",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "CLASSPATH",
    "GEM_HOME",
    "GEM_PATH",
    "RUBYOPT",
    "RUBYLIB",
    "PERL5LIB",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "OPENSSL_CONF",
    "GODEBUG",
    "GOGC",
    "GOMAXPROCS",
    "GOTRACEBACK",
    "GOMEMLIMIT",
    "PHP_INI_DIR",
    "PHP_INI_SCAN_DIR",
    "NODE_ENV",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_EXTRA_CA_CERTS",
    "VIRTUAL_ENV",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "TMPDIR",
    "RAILS_ENV",
    "RACK_ENV",
    "MIX_ENV",
    "DEBIAN_FRONTEND_RUNTIME",
    "GIT_SSL_CAINFO",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
];
const BEHAVIOURAL_PREFIXES: &[&str] = &[
    "LC_",
    "BUNDLE_",
    "DOTNET_",
    "ASPNETCORE_",
    "MALLOC_",
    "OMP_",
    "PYTHON",
    "GLIBC_",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "ERL_",
    "ELIXIR_ERL",
];

pub(super) fn check(pair: &Pair<'_>, results: &mut Results) {
    let old = &pair.before.image.config;
    let new = &pair.after.image.config;
    setting(results, "architecture", &old.architecture, &new.architecture);
    setting(results, "operating system", &old.os, &new.os);
    setting(results, "variant", &old.variant, &new.variant);
    let is_windows = old.os == "windows";
    let (old, new) = (&old.config, &new.config);
    setting(results, "ENTRYPOINT", &list(&old.entrypoint), &list(&new.entrypoint));
    setting(results, "CMD", &list(&old.cmd), &list(&new.cmd));
    setting(results, "USER", &old.user, &new.user);
    setting(results, "WORKDIR", &old.workdir(), &new.workdir());
    setting(results, "STOPSIGNAL", &old.stop_signal, &new.stop_signal);
    setting(results, "HEALTHCHECK", &old.healthcheck, &new.healthcheck);
    setting(results, "EXPOSE", &old.exposed_ports, &new.exposed_ports);
    setting(results, "VOLUME", &old.volumes, &new.volumes);
    if is_windows {
        setting(results, "escaped arguments", &old.args_escaped, &new.args_escaped);
    } else if old.args_escaped != new.args_escaped {
        // https://github.com/opencontainers/image-spec/blob/main/config.md says that it is for Windows images.
        results.expected(NAME, "escaped arguments", "the setting means something on Windows only");
    }
    setting(results, "ONBUILD", &old.on_build, &new.on_build);
    shell(pair, results);
    env(pair, results);
    labels(pair, results);
    results.status(NAME, crate::verdict::Status::Same);
}

fn list(words: &Option<Vec<String>>) -> &[String] {
    words.as_deref().unwrap_or(&[])
}

fn setting<T: PartialEq + std::fmt::Debug>(results: &mut Results, name: &str, want: &T, have: &T) {
    if want != have {
        results.difference(
            NAME,
            Counterexample::WrongSetting {
                setting: name.to_owned(),
                want: format!("{want:?}"),
                have: format!("{have:?}"),
            },
        );
    }
}

/// The shell only matters at run time for a health check in shell form.
fn shell(pair: &Pair<'_>, results: &mut Results) {
    let (old, new) = (&pair.before.image.config.config, &pair.after.image.config.config);
    if old.shell == new.shell {
        return;
    }
    if matches!(old.health_command(), Some(crate::image::Command::Shell(_))) {
        setting(results, "SHELL", &old.shell, &new.shell);
    } else {
        results.expected(NAME, "SHELL", "only a build or a health check in shell form uses it");
    }
}

fn env(pair: &Pair<'_>, results: &mut Results) {
    let (old, new) = (&pair.before.image.config.config, &pair.after.image.config.config);
    let inherited = |config: Option<&crate::image::ImageConfig>, name: &str, value: &str| {
        config.is_some_and(|config| config.config.env_value(name) == Some(value))
    };
    let (old_env, new_env) = (old.env_map(), new.env_map());
    let names: BTreeSet<&str> = old_env.keys().chain(new_env.keys()).copied().collect();
    for name in names {
        let (want, have) = (old_env.get(name).copied(), new_env.get(name).copied());
        if want == have {
            continue;
        }
        // No reason makes another search path right: what it leads to is looked at in any case.
        let reason = reason_for(&pair.expectations.variables, name).filter(|_| name != "PATH");
        if let Some(reason) = reason {
            if pair.needs.variables.contains_key(name)
                && want.is_some_and(|want| !inherited(pair.before.base, name, want))
            {
                missing(results, name, want, have);
            } else {
                results.expected(NAME, name, reason);
            }
            continue;
        }
        match (want, have) {
            (Some(want), have) => {
                let own = !inherited(pair.before.base, name, want);
                if name == "PATH" {
                    path(pair, results, want, have);
                } else if own || is_behavioural(name) || pair.needs.variables.contains_key(name) {
                    missing(results, name, Some(want), have);
                } else {
                    results.expected(NAME, name, "set by the original's base, and no needed file names it");
                }
            }
            (None, Some(have)) => {
                let from_base = inherited(pair.after.base, name, have);
                if from_base && name == "SSL_CERT_FILE" && same_bundle(pair, have) {
                    results.expected(
                        NAME,
                        name,
                        "it names the certificates that the original has at the same place, or none were there",
                    );
                } else if from_base && !is_behavioural(name) && !pair.needs.variables.contains_key(name) {
                    results.expected(NAME, name, "set by the candidate's base, and no needed file names it");
                } else {
                    results.difference(
                        NAME,
                        Counterexample::WrongSetting {
                            setting: format!("ENV {name}"),
                            want: "unset".to_owned(),
                            have: format!("{have:?}"),
                        },
                    );
                }
            }
            (None, None) => {}
        }
    }
}

/// Whether a bundle named by the candidate's base is the one that programs of the original find by themselves.
fn same_bundle(pair: &Pair<'_>, bundle: &str) -> bool {
    let there = pair.candidate().root.exists(bundle);
    let usual = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    there && (pair.original().root.exists(bundle) || !usual.iter().any(|path| pair.original().root.exists(path)))
}

fn missing(results: &mut Results, name: &str, want: Option<&str>, have: Option<&str>) {
    results.difference(
        NAME,
        Counterexample::MissingEnv {
            name: name.to_owned(),
            want: want.unwrap_or("").to_owned(),
            have: have.map(str::to_owned),
        },
    );
}

/// Another search path is harmless when every needed program is still found first at its place.
fn path(pair: &Pair<'_>, results: &mut Results, want: &str, have: Option<&str>) {
    let base_path = pair.before.base.and_then(|base| base.config.env_value("PATH"));
    let new_folders: Vec<&str> = have.unwrap_or("").split(':').collect();
    let needed: Vec<&str> =
        want.split(':')
            .filter(|folder| !new_folders.contains(folder))
            .filter(|folder| {
                // A folder the user put in front counts even when it is not used now.
                let own = base_path.is_none_or(|base| !base.split(':').any(|other| other == *folder));
                let used = pair.needs.at_least(crate::closure::Certainty::Likely).any(|need| {
                    crate::image::parent(&need.path) == folder.trim_end_matches('/') && pair.is_wanted(need)
                });
                let filled = pair
                    .candidate()
                    .root
                    .resolve(folder)
                    .is_ok_and(|found| pair.candidate().root.children(&found.path).next().is_some());
                own || used || filled
            })
            .collect();
    let order = |text: &str, other: &[&str]| -> Vec<String> {
        text.split(':').filter(|folder| other.contains(folder)).map(str::to_owned).collect()
    };
    let old_folders: Vec<&str> = want.split(':').collect();
    let same_order = order(want, &new_folders) == order(have.unwrap_or(""), &old_folders);
    let added = new_folders.iter().any(|folder| !folder.is_empty() && !old_folders.contains(folder));
    if !needed.is_empty()
        || !same_order
        || added
        || have.is_none() && !want.is_empty() && pair.candidate().config.config.search_path().is_empty()
    {
        missing(results, "PATH", Some(want), have);
    } else {
        results.expected(
            NAME,
            "PATH",
            "the folders that are gone belonged to the original's base and nothing is run from them",
        );
    }
}

fn is_behavioural(name: &str) -> bool {
    // Version marks of base images are information, not settings.
    if name.ends_with("_VERSION") || name.ends_with("_SHA256") || name.ends_with("_URL") {
        return false;
    }
    BEHAVIOURAL.contains(&name) || BEHAVIOURAL_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn labels(pair: &Pair<'_>, results: &mut Results) {
    let ignored = |name: &str| name == "io.buildah.version" || crate::engine::IGNORED_LABELS.contains(&name);
    let (old, new): (&RunConfig, &RunConfig) = (&pair.before.image.config.config, &pair.after.image.config.config);
    let names: BTreeSet<&String> = old.labels.keys().chain(new.labels.keys()).filter(|name| !ignored(name)).collect();
    for name in names {
        let (want, have) = (old.labels.get(name), new.labels.get(name));
        if want == have {
            continue;
        }
        let of_base = |config: Option<&crate::image::ImageConfig>, value: Option<&String>| {
            value.is_none_or(|value| config.is_some_and(|config| config.config.labels.get(name) == Some(value)))
        };
        if let Some(reason) = reason_for(&pair.expectations.labels, name) {
            results.expected(NAME, format!("label {name}"), reason);
        } else if of_base(pair.before.base, want) && of_base(pair.after.base, have) {
            results.expected(NAME, format!("label {name}"), "it describes the base image");
        } else {
            setting(results, &format!("label {name}"), &want, &have);
        }
    }
}
