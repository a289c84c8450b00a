//! Caches of package managers: where they are, which command fills them, which empties them.

use std::ops::Range;

use super::path::{PathPattern, normalize};
use super::state::{Env, Meant, State, walk};
use crate::command::files::FileAction;
use crate::command::go::GoVerb;
use crate::command::node::{NodeTool, NodeVerb};
use crate::command::packages::{Cleaned, Maintenance, Manager, Setting};
use crate::command::python::PipVerb;
use crate::command::rust::CargoVerb;
use crate::command::tools::{Action, Tool};
use crate::command::{Script, Understood};

/// A cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Cache {
    AptLists,
    AptArchives,
    Apk,
    Yum,
    Dnf,
    Zypper,
    Pacman,
    Pip,
    Uv,
    Poetry,
    Pipenv,
    Pdm,
    Conda,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    GoBuild,
    GoModules,
    CargoRegistry,
    Maven,
    Gradle,
    Sbt,
    Nuget,
    Composer,
    Bundler,
    Gem,
    Mix,
    Stack,
    Cabal,
    Deno,
    Hugo,
    Cpan,
}

/// What a script does to one cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheUse {
    /// The cache.
    pub cache: Cache,
    /// The commands that fill it, by their place in the file.
    pub filled: Vec<Range<u32>>,
    /// The commands that empty it.
    pub emptied: Vec<Range<u32>>,
    /// True if what the last filling command left is emptied after it.
    pub clean_at_end: bool,
}

impl Cache {
    /// Its directories, for a user with the given home and the variables that move it.
    #[must_use]
    pub fn directories(self, home: Option<&str>, lookup: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
        let (variable, below, fixed, at_home): (&str, &str, &[&str], &[&str]) = match self {
            Self::AptLists => ("", "", &["/var/lib/apt/lists"], &[]),
            Self::AptArchives => ("", "", &["/var/cache/apt"], &[]),
            Self::Apk => ("", "", &["/var/cache/apk"], &[]),
            Self::Yum => ("", "", &["/var/cache/yum"], &[]),
            Self::Dnf => ("", "", &["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"], &[]),
            Self::Zypper => ("", "", &["/var/cache/zypp"], &[]),
            Self::Pacman => ("", "", &["/var/cache/pacman/pkg"], &[]),
            Self::Pip => ("PIP_CACHE_DIR", "", &[], &[".cache/pip"]),
            Self::Uv => ("UV_CACHE_DIR", "", &[], &[".cache/uv"]),
            Self::Poetry => ("POETRY_CACHE_DIR", "", &[], &[".cache/pypoetry"]),
            Self::Pipenv => ("PIPENV_CACHE_DIR", "", &[], &[".cache/pipenv"]),
            Self::Pdm => ("PDM_CACHE_DIR", "", &[], &[".cache/pdm"]),
            Self::Conda => ("CONDA_PKGS_DIRS", "", &["/opt/conda/pkgs"], &[]),
            Self::Npm => ("npm_config_cache", "", &[], &[".npm"]),
            Self::Yarn => {
                ("YARN_CACHE_FOLDER", "", &["/usr/local/share/.cache/yarn"], &[".cache/yarn", ".yarn/berry/cache"])
            }
            Self::Pnpm => ("PNPM_HOME", "store", &[], &[".local/share/pnpm/store"]),
            Self::Bun => ("BUN_INSTALL_CACHE_DIR", "", &[], &[".bun/install/cache"]),
            Self::GoBuild => ("GOCACHE", "", &[], &[".cache/go-build"]),
            Self::GoModules => {
                if let Some(cache) = lookup("GOMODCACHE") {
                    return vec![cache];
                }
                ("GOPATH", "pkg/mod", &["/go/pkg/mod"], &["go/pkg/mod"])
            }
            Self::CargoRegistry => ("CARGO_HOME", "registry", &["/usr/local/cargo/registry"], &[".cargo/registry"]),
            Self::Maven => ("", "", &[], &[".m2"]),
            Self::Gradle => ("GRADLE_USER_HOME", "", &["/home/gradle/.gradle"], &[".gradle"]),
            Self::Sbt => ("", "", &[], &[".sbt", ".ivy2", ".cache/coursier"]),
            Self::Nuget => ("NUGET_PACKAGES", "", &[], &[".nuget/packages"]),
            Self::Composer => ("COMPOSER_CACHE_DIR", "", &[], &[".composer/cache", ".cache/composer"]),
            Self::Bundler => ("BUNDLE_PATH", "cache", &["/usr/local/bundle/cache"], &[]),
            Self::Gem => ("GEM_HOME", "cache", &["/usr/local/bundle/cache"], &[]),
            Self::Mix => ("", "", &[], &[".hex", ".cache/rebar3"]),
            Self::Stack => ("STACK_ROOT", "", &[], &[".stack"]),
            Self::Cabal => ("", "", &[], &[".cabal/packages"]),
            Self::Deno => ("DENO_DIR", "", &["/deno-dir"], &[".cache/deno"]),
            Self::Hugo => ("HUGO_CACHEDIR", "", &[], &[".cache/hugo_cache"]),
            Self::Cpan => ("", "", &[], &[".cpanm", ".cpan"]),
        };
        if let Some(place) = (!variable.is_empty()).then(|| lookup(variable)).flatten() {
            return vec![if below.is_empty() { place } else { normalize(below, &place) }];
        }
        let mut all: Vec<String> = fixed.iter().map(|d| (*d).to_owned()).collect();
        if let Some(home) = home {
            all.extend(at_home.iter().map(|d| normalize(d, home)));
        }
        all
    }

    /// True if removing everything in `removed` and below empties the cache.
    #[must_use]
    pub fn is_emptied_by(self, removed: &PathPattern, directories: &[String]) -> bool {
        let removed = removed.clone().with_everything_below();
        directories.iter().any(|directory| {
            // `rm -rf dir/*` is as good as `rm -rf dir`.
            let content = PathPattern::parse(&format!("{}/*", super::path::escape(directory)));
            removed.covers(&content.with_everything_below())
        })
    }
}

fn filled_by(understood: &Understood<'_>, state: &State<'_>) -> Vec<Cache> {
    let on = |name: &str| {
        state
            .lookup(name)
            .is_some_and(|v| matches!(v.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes" | "off"))
    };
    let mut caches = Vec::new();
    match understood {
        Understood::PackageInstall(install) => {
            let kept = install.cache != Setting::Off;
            match install.manager {
                Manager::Apt => caches.push(Cache::AptArchives),
                Manager::Apk if kept => caches.push(Cache::Apk),
                Manager::Rpm if kept => caches.push(if install.tool == "yum" {
                    Cache::Yum
                } else if install.tool == "rpm" {
                    return caches;
                } else {
                    Cache::Dnf
                }),
                Manager::Zypper => caches.push(Cache::Zypper),
                Manager::Pacman => caches.push(Cache::Pacman),
                _ => {}
            }
            if install.manager == Manager::Apt && install.refreshes && install.tool != "install_packages" {
                caches.push(Cache::AptLists);
            }
        }
        Understood::PackageMaintenance(m) if m.cache != Setting::Off => match (m.manager, m.action) {
            (Manager::Apt, Maintenance::Update) => caches.push(Cache::AptLists),
            (Manager::Apt, Maintenance::Upgrade | Maintenance::DistributionUpgrade) => caches.push(Cache::AptArchives),
            (Manager::Apk, Maintenance::Update | Maintenance::Upgrade) => caches.push(Cache::Apk),
            (Manager::Rpm, Maintenance::Update | Maintenance::Upgrade | Maintenance::DistributionUpgrade) => {
                caches.push(if m.tool == "yum" { Cache::Yum } else { Cache::Dnf });
            }
            (Manager::Zypper, Maintenance::Update | Maintenance::Upgrade | Maintenance::DistributionUpgrade) => {
                caches.push(Cache::Zypper)
            }
            _ => {}
        },
        Understood::Pip(pip)
            if matches!(pip.verb, PipVerb::Install | PipVerb::Wheel | PipVerb::Download) && !pip.no_cache =>
        {
            if pip.tool == "uv" {
                if !on("UV_NO_CACHE") {
                    caches.push(Cache::Uv);
                }
            } else if !on("PIP_NO_CACHE_DIR") {
                caches.push(Cache::Pip);
            }
        }
        Understood::Node(node) if node.installs() || matches!(node.verb, NodeVerb::Add | NodeVerb::AddGlobal) => {
            caches.push(match node.tool {
                NodeTool::Npm => Cache::Npm,
                NodeTool::Yarn => Cache::Yarn,
                NodeTool::Pnpm => Cache::Pnpm,
                NodeTool::Bun => Cache::Bun,
            });
        }
        Understood::Go(go) => {
            if matches!(go.verb, GoVerb::Build | GoVerb::Install | GoVerb::Run | GoVerb::Test) {
                caches.push(Cache::GoBuild);
            }
            if !matches!(go.verb, GoVerb::Query | GoVerb::EnvWrite | GoVerb::Clean | GoVerb::Inspect)
                && go.module_mode != Some("vendor")
            {
                caches.push(Cache::GoModules);
            }
        }
        Understood::Cargo(cargo)
            if !matches!(cargo.verb, CargoVerb::Query | CargoVerb::Clean | CargoVerb::ChefPrepare) =>
        {
            caches.push(Cache::CargoRegistry);
        }
        Understood::Tool(run)
            if !run.no_cache
                && match run.action {
                    Action::Fetch | Action::InstallDependencies | Action::Install => true,
                    // What only manages packages fetches none when it builds something of them.
                    Action::Build => {
                        !matches!(run.tool, Tool::Bundler | Tool::Composer | Tool::Gem | Tool::Pipenv | Tool::Poetry)
                    }
                    _ => false,
                } =>
        {
            caches.extend(cache_of(run.tool).filter(|cache| match cache {
                Cache::Composer => state.lookup("COMPOSER_CACHE_DIR").as_deref() != Some("/dev/null"),
                Cache::Poetry | Cache::Uv => !on("UV_NO_CACHE"),
                _ => true,
            }));
        }
        _ => {}
    }
    caches
}

fn cache_of(tool: Tool) -> Option<Cache> {
    Some(match tool {
        Tool::Uv => Cache::Uv,
        Tool::Poetry => Cache::Poetry,
        Tool::Pipenv => Cache::Pipenv,
        Tool::Pdm => Cache::Pdm,
        Tool::Conda => Cache::Conda,
        Tool::Maven => Cache::Maven,
        Tool::Gradle => Cache::Gradle,
        Tool::Sbt => Cache::Sbt,
        Tool::Dotnet => Cache::Nuget,
        Tool::Composer => Cache::Composer,
        Tool::Bundler => Cache::Bundler,
        Tool::Gem => Cache::Gem,
        Tool::Mix => Cache::Mix,
        Tool::Stack => Cache::Stack,
        Tool::Cabal => Cache::Cabal,
        Tool::Deno => Cache::Deno,
        Tool::Hugo => Cache::Hugo,
        Tool::Cpan => Cache::Cpan,
        _ => return None,
    })
}

fn emptied_by(understood: &Understood<'_>) -> Vec<Cache> {
    match understood {
        Understood::PackageMaintenance(m) => match (m.manager, m.action) {
            (Manager::Apt, Maintenance::Clean(Cleaned::Everything)) => vec![Cache::AptLists, Cache::AptArchives],
            (Manager::Apt, Maintenance::Clean(_)) => vec![Cache::AptArchives],
            (Manager::Apk, Maintenance::Clean(_)) => vec![Cache::Apk],
            (Manager::Rpm, Maintenance::Clean(Cleaned::Everything)) => vec![Cache::Yum, Cache::Dnf],
            (Manager::Zypper, Maintenance::Clean(_)) => vec![Cache::Zypper],
            (Manager::Pacman, Maintenance::Clean(_)) => vec![Cache::Pacman],
            _ => Vec::new(),
        },
        Understood::Pip(pip) if pip.verb == PipVerb::CachePurge => vec![Cache::Pip],
        Understood::Node(node) if node.verb == NodeVerb::CacheClean => match node.tool {
            NodeTool::Npm => vec![Cache::Npm],
            NodeTool::Yarn => vec![Cache::Yarn],
            NodeTool::Pnpm => vec![Cache::Pnpm],
            NodeTool::Bun => vec![Cache::Bun],
        },
        Understood::Go(go) => {
            let mut caches = Vec::new();
            if go.cleans.build {
                caches.push(Cache::GoBuild);
            }
            if go.cleans.modules {
                caches.push(Cache::GoModules);
            }
            caches
        }
        Understood::Tool(run) if run.action == Action::Clean => match run.tool {
            // Only these verbs empty a cache; `mvn clean` empties the products.
            Tool::Conda | Tool::Composer | Tool::Uv | Tool::Poetry | Tool::Pdm | Tool::Bundler => {
                cache_of(run.tool).into_iter().collect()
            }
            Tool::Dotnet if run.word.is_any(&["locals"]) => vec![Cache::Nuget],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What a script does to each cache it touches, in the order of the first touch.
#[must_use]
pub fn cache_uses(script: &Script, env: &Env<'_>) -> Vec<CacheUse> {
    let mut uses: Vec<CacheUse> = Vec::new();
    walk(script, env, &mut |step| {
        let Some(Meant { command, understood }) = step.meant else {
            return;
        };
        let state = step.state.for_command(command);
        let range = command.range();
        for cache in filled_by(understood, &state) {
            let found = entry(&mut uses, cache);
            found.filled.push(range.clone());
            found.clean_at_end = false;
        }
        let mut emptied = emptied_by(understood);
        if let Understood::File(op) = understood
            && op.action == FileAction::Remove
        {
            let home = state.home();
            let lookup = |name: &str| state.lookup(name);
            for target in &op.targets {
                let pattern = state.pattern(*target);
                // A path known from above only may be anything.
                if pattern.is_any() {
                    continue;
                }
                emptied.extend(
                    ALL.iter()
                        .copied()
                        .filter(|cache| cache.is_emptied_by(&pattern, &cache.directories(home.as_deref(), &lookup))),
                );
            }
        }
        for cache in emptied {
            let found = entry(&mut uses, cache);
            found.emptied.push(range.clone());
            found.clean_at_end = true;
        }
    });
    uses
}

fn entry(uses: &mut Vec<CacheUse>, cache: Cache) -> &mut CacheUse {
    let at = match uses.iter().position(|u| u.cache == cache) {
        Some(at) => at,
        None => {
            uses.push(CacheUse { cache, filled: Vec::new(), emptied: Vec::new(), clean_at_end: false });
            uses.len() - 1
        }
    };
    // The index was just found or made.
    &mut uses[at]
}

static ALL: &[Cache] = &[
    Cache::AptLists,
    Cache::AptArchives,
    Cache::Apk,
    Cache::Yum,
    Cache::Dnf,
    Cache::Zypper,
    Cache::Pacman,
    Cache::Pip,
    Cache::Uv,
    Cache::Poetry,
    Cache::Pipenv,
    Cache::Pdm,
    Cache::Conda,
    Cache::Npm,
    Cache::Yarn,
    Cache::Pnpm,
    Cache::Bun,
    Cache::GoBuild,
    Cache::GoModules,
    Cache::CargoRegistry,
    Cache::Maven,
    Cache::Gradle,
    Cache::Sbt,
    Cache::Nuget,
    Cache::Composer,
    Cache::Bundler,
    Cache::Gem,
    Cache::Mix,
    Cache::Stack,
    Cache::Cabal,
    Cache::Deno,
    Cache::Hugo,
    Cache::Cpan,
];

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::command::testing::script;

    #[test]
    fn caches_left_and_cleaned() {
        for (text, want) in [
            ("apt-get update && apt-get install -y x", "AptLists AptArchives"),
            ("apt-get update && apt-get install -y x && apt-get clean && rm -rf /var/lib/apt/lists/*", ""),
            ("apt-get update && rm -r /var/lib/apt/lists && apt-get update", "AptLists"),
            ("apt-get update && find /var/lib/apt/lists -type f -delete", ""),
            ("apt-get update && rm -rf /var/lib/apt/lists/partial", "AptLists"),
            ("apt-get update && apt-get dist-clean", ""),
            ("cd /var/lib/apt && apt-get update && rm -rf lists/*", ""),
            ("apk add x", "Apk"),
            ("apk add --no-cache x", ""),
            ("apk upgrade --no-cache", ""),
            ("apk add x && rm -rf /var/cache/apk/*", ""),
            ("yum install -y x && yum clean all", ""),
            ("dnf install -y x && rm -rf /var/cache/dnf", ""),
            ("pip install x", "Pip"),
            ("pip install --no-cache-dir x", ""),
            ("PIP_NO_CACHE_DIR=1 pip install x", ""),
            ("export PIP_NO_CACHE_DIR=off; pip3 install x", ""),
            ("python3 -m pip install x && rm -rf ~/.cache", ""),
            ("python3 -m pip install x && pip cache purge", ""),
            ("uv pip install x", "Uv"),
            ("npm ci && npm cache clean --force", ""),
            ("npm ci", "Npm"),
            ("yarn install && yarn cache clean", ""),
            ("yarn cache clean && yarn install", "Yarn"),
            ("npm_config_cache=/tmp/c npm ci", "Npm"),
            ("go build . && go clean -modcache -cache", ""),
            ("mvn package", "Maven"),
            ("mvn package && rm -rf /root/.m2", ""),
            ("mvn clean package", "Maven"),
            ("conda install x && conda clean -afy", ""),
        ] {
            let env = Env { workdir: Some("/app".into()), user: Some("root".into()), ..Env::default() };
            let left: Vec<_> = cache_uses(&script(text), &env)
                .into_iter()
                .filter(|u| !u.clean_at_end)
                .map(|u| format!("{:?}", u.cache))
                .collect();
            assert_eq!(left.join(" "), want, "{text}");
        }
    }
}
