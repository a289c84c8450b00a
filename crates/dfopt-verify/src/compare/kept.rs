//! Sorts the paths of the original into what the user added on purpose and what a build leaves behind.

use std::collections::BTreeSet;

use crate::closure::{Certainty, Start, closure};
use crate::expectations::Expectations;
use crate::image::{Image, Node, file_name, is_below};
use crate::packages::is_manager_state;

/// What the original's own layers added.
pub(super) struct Kept {
    /// Paths of files that both images have.
    pub(super) paths: Vec<String>,
    /// What the program that is run reads as its program text.
    pub(super) languages: Languages,
}

/// The languages whose texts the image executes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Languages {
    python: bool,
    javascript: bool,
    ruby: bool,
    perl: bool,
    php: bool,
    java: bool,
    /// A compiler or tool that reads any source text is part of what runs.
    compiler: bool,
}

/// What a path of the original is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Made by the engine or only of use to a running container.
    Noise,
    /// The package manager's own state.
    Manager,
    /// Installed by a package and unchanged as far as can be seen.
    Package,
    /// A cache or a log.
    Cache,
    /// Program text of a language that is compiled before it runs, or a file about the project.
    Source,
    /// Made on the way to a product.
    Intermediate,
    /// Anything else: it counts.
    Content,
}

impl Class {
    /// The reason why a path of this class may be missing; `None` when it may not.
    pub(super) fn excuse(self) -> Option<&'static str> {
        match self {
            Self::Noise => Some("the engine makes it for each container"),
            Self::Manager => Some("state of the package manager"),
            Self::Package => Some("file of a package that nothing needs"),
            Self::Cache => Some("cache or log"),
            Self::Source => Some("source text or project file that nothing at run time reads"),
            Self::Intermediate => Some("made on the way to the product"),
            Self::Content => None,
        }
    }
}

impl Kept {
    pub(super) fn new(before: &Image, after: &Image, expectations: &Expectations) -> Self {
        let languages = Languages::of(before);
        let paths = before
            .root
            .iter()
            .filter(|(path, node)| {
                !before.is_from_base(node)
                    && node.entry.is_file()
                    && after.root.get(path).is_some_and(|other| other.entry.is_file())
                    && matches!(classify(before, path, node, languages), Class::Content | Class::Package)
                    && before.packages().owner(path).is_none()
                    && crate::expectations::reason_for(&expectations.dropped, path).is_none()
            })
            .map(|(path, _)| path.to_owned())
            .collect();
        Self { paths, languages }
    }
}

impl Languages {
    /// Whether what runs compiles source texts.
    pub(super) fn compiles(self) -> bool {
        self.compiler
    }

    /// What the entry point and health check run, judged by the programs they certainly need.
    fn of(image: &Image) -> Self {
        let closure = closure(image, &Start::default());
        let programs: BTreeSet<&str> = closure.at_least(Certainty::Likely).map(|need| file_name(&need.path)).collect();
        let any = |names: &[&str]| {
            programs.iter().any(|program| {
                let plain = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
                names.contains(&plain)
            })
        };
        Self {
            python: any(&["python", "pypy", "uwsgi"]),
            javascript: any(&["node", "nodejs", "deno", "bun", "npm", "yarn", "pnpm"]),
            ruby: any(&["ruby", "jruby"]),
            perl: any(&["perl"]),
            php: any(&["php", "php-fpm", "apache2", "frankenphp"]),
            java: any(&["java"]),
            compiler: any(&[
                "go",
                "cargo",
                "rustc",
                "gcc",
                "g++",
                "cc",
                "c++",
                "make",
                "cmake",
                "ts-node",
                "tsx",
                "mix",
                "elixir",
                "mvn",
                "gradle",
                "dotnet",
                "javac",
                "swift",
                "zig",
                "stack",
                "cabal",
                "ghc",
                "runghc",
                "sbt",
                "lein",
                "clojure",
                "Rscript",
                "R",
                "julia",
                "nim",
                "crystal",
                "x86_64-linux-gnu-gcc",
            ]),
        }
    }
}

/// What a path of the original is.
pub(super) fn classify(image: &Image, path: &str, node: &Node, languages: Languages) -> Class {
    if is_noise(path) {
        return Class::Noise;
    }
    if is_manager_state(path) {
        return Class::Manager;
    }
    // A folder or link there was made on purpose: programs write into it.
    let holds_records = ["/var/cache", "/var/log"].iter().any(|folder| is_below(path, folder));
    if is_cache(path) && (node.entry.is_file() || !holds_records) {
        return Class::Cache;
    }
    if is_of_package(image, path, node) {
        return Class::Package;
    }
    if is_intermediate(path) {
        return Class::Intermediate;
    }
    if is_source(path, languages) {
        return Class::Source;
    }
    Class::Content
}

/// Whether a package put the file there and no later layer changed it.
fn is_of_package(image: &Image, path: &str, node: &Node) -> bool {
    let Some(layer) = image.layers.get(node.layer) else { return false };
    let Some(package) = image.packages().owner(path) else {
        // The same path may also be the user's own; only an instruction that installs something is believed.
        let installs = ["/var/lib/dpkg/status", "/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
        return installs.iter().any(|database| layer.index.writes(database)) && is_made_by_packages(image, path, node);
    };
    let list = |suffix: &str| format!("/var/lib/dpkg/info/{}{suffix}.list", package.name);
    layer.index.writes(&list(""))
        || layer.index.writes(&list(&format!(":{}", package.architecture)))
        || layer.index.writes("/lib/apk/db/installed")
        || layer.index.writes("/usr/lib/apk/db/installed")
        || layer.index.writes(&format!("/var/lib/dpkg/status.d/{}", package.name))
}

/// Files that installation scripts of packages write and that no package lists.
fn is_made_by_packages(image: &Image, path: &str, node: &Node) -> bool {
    const FOLDERS: &[&str] = &[
        "/etc/alternatives",
        "/etc/ssl/certs",
        "/usr/share/mime",
        "/usr/lib/locale",
        "/var/lib/dbus",
        "/usr/share/icons",
        "/etc/rc0.d",
        "/etc/rc1.d",
        "/etc/rc2.d",
        "/etc/rc3.d",
        "/etc/rc4.d",
        "/etc/rc5.d",
        "/etc/rc6.d",
        "/etc/rcS.d",
        "/etc/systemd",
        "/var/lib/emacsen-common",
        "/usr/share/info",
        "/var/lib/xml-core",
        "/var/lib/sgml-base",
        "/etc/xml",
        "/etc/sgml",
        "/var/lib/ghostscript",
        "/etc/pam.d",
        "/usr/share/glib-2.0/schemas",
        "/etc/dpkg",
        "/etc/ca-certificates",
        "/var/lib/ispell",
        "/var/lib/aspell",
        "/var/lib/dictionaries-common",
        "/var/lib/mecab",
        "/usr/lib/python3/dist-packages/__pycache__",
        "/var/lib/python",
    ];
    const FILES: &[&str] = &[
        "/etc/ca-certificates.conf",
        "/etc/ca-certificates.conf.dpkg-old",
        "/etc/shells",
        "/etc/.pwd.lock",
        "/etc/subuid",
        "/etc/subgid",
        "/etc/subuid-",
        "/etc/subgid-",
        "/etc/mailcap",
        "/etc/papersize",
        "/etc/machine-id",
        "/etc/rpc",
        "/usr/share/info/dir",
    ];
    // Without these files it is UTC as well.
    let is_utc = match path {
        "/etc/localtime" => node.entry.link_target().is_some_and(|target| target.ends_with("UTC")),
        "/etc/timezone" => image.root.text(path).is_some_and(|text| text.trim_end().ends_with("UTC")),
        _ => false,
    };
    let is_record_folder =
        node.entry.is_folder() && ["/var/cache", "/var/log"].iter().any(|folder| is_below(path, folder));
    let is_alternative = node.entry.link_target().is_some_and(|target| target.starts_with("/etc/alternatives/"));
    is_utc
        || is_record_folder
        || is_alternative
        || FILES.contains(&path)
        || FOLDERS.iter().any(|folder| is_below(path, folder))
        || (path.starts_with("/usr/lib/") && (path.ends_with(".cache") || path.ends_with("gconv-modules.cache")))
        || path.ends_with("/.placeholder")
}

pub(super) fn is_noise(path: &str) -> bool {
    matches!(
        path,
        "/" | "/etc/hosts" | "/etc/resolv.conf" | "/etc/hostname" | "/etc/mtab" | "/.dockerenv" | "/run/.containerenv"
    ) || ["/run", "/proc", "/sys", "/dev", "/var/run"].iter().any(|folder| is_below(path, folder))
}

/// Caches, logs, and records whose content depends on when they were made.
pub(super) fn is_cache(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "/tmp",
        "/var/tmp",
        "/var/cache",
        "/var/log",
        "/root/.cache",
        "/root/.npm",
        "/root/.yarn",
        "/root/.cargo/registry",
        "/usr/local/cargo/registry",
        "/usr/local/cargo/git",
        "/root/.m2",
        "/root/.gradle",
        "/root/.nuget",
        "/root/.ivy2",
        "/root/.sbt",
        "/root/.cabal/packages",
        "/root/.stack",
        "/root/.config/go",
        "/root/.local/state",
        "/go/pkg",
        "/root/go/pkg",
        "/root/.bun/install/cache",
        "/root/.gem",
        "/root/.bundle/cache",
        "/root/.hex",
        "/usr/local/share/.cache",
        "/usr/share/doc",
        "/usr/share/man",
        "/usr/share/info",
        "/usr/share/lintian",
        "/usr/share/locale",
        "/usr/local/share/man",
        "/root/.node-gyp",
        "/root/.config/configstore",
        "/home/node/.npm",
        "/home/node/.cache",
    ];
    const FILES: &[&str] = &[
        "/etc/ld.so.cache",
        "/etc/passwd-",
        "/etc/group-",
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/gshadow-",
        "/root/.wget-hsts",
        "/root/.bash_history",
        "/root/.python_history",
        "/root/.node_repl_history",
        "/root/.lesshst",
        "/root/.rnd",
    ];
    FILES.contains(&path)
        || FOLDERS.iter().any(|folder| is_below(path, folder))
        || path.ends_with(".pyc")
        || file_name(path) == "__pycache__"
        || path.contains("/__pycache__/")
        || path.contains("/node_modules/.cache/")
        || path.ends_with("/node_modules/.package-lock.json")
}

fn is_intermediate(path: &str) -> bool {
    let name = file_name(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "o" | "obj" | "lo" | "la" | "rlib" | "rmeta" | "gcno" | "tsbuildinfo" | "gch" | "pch")
        || path.contains("/CMakeFiles/")
        || (path.contains("/target/")
            && [
                "/deps/",
                "/incremental/",
                "/.fingerprint/",
                "/build/",
                "/examples/",
                "/classes/",
                "/test-classes/",
                "/maven-status/",
                "/surefire-reports/",
                "/maven-archiver/",
                "/generated-sources/",
            ]
            .iter()
            .any(|part| path.contains(part)))
        || path.contains("/.gradle/")
        || matches!(
            name,
            "CMakeCache.txt"
                | "cmake_install.cmake"
                | "config.log"
                | "config.status"
                | ".ninja_deps"
                | ".ninja_log"
                | "build.ninja"
                | "compile_commands.json"
                | ".rustc_info.json"
                | "CACHEDIR.TAG"
                | ".cargo-lock"
                | ".built"
        )
}

fn is_source(path: &str, languages: Languages) -> bool {
    let name = file_name(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if path.contains("/.git/")
        || path.contains("/.github/")
        || path.contains("/.hg/")
        || path.contains("/.svn/")
        || path.contains("/.vscode/")
        || path.contains("/.idea/")
    {
        return true;
    }
    if matches!(
        name,
        ".git"
            | ".github"
            | ".gitignore"
            | ".gitattributes"
            | ".gitmodules"
            | ".dockerignore"
            | ".editorconfig"
            | ".gitlab-ci.yml"
            | ".travis.yml"
    ) || matches!(
        stem,
        "LICENSE" | "LICENCE" | "COPYING" | "README" | "CHANGELOG" | "CONTRIBUTING" | "NOTICE" | "AUTHORS"
    ) || name.starts_with("Dockerfile")
        || name.starts_with("docker-compose")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile")
    {
        return true;
    }
    if languages.compiler {
        return false;
    }
    match extension {
        "go" | "c" | "cc" | "cpp" | "cxx" | "h" | "hh" | "hpp" | "rs" | "s" | "S" | "zig" | "swift" | "hs"
        | "cabal" | "d" | "nim" | "f90" | "f" | "pas" | "ml" | "mli" | "cr" | "kt" | "kts" | "scala" | "java"
        | "groovy" | "gradle" | "cs" | "csproj" | "fs" | "fsproj" | "sln" | "vb" | "ex" | "exs" | "erl" | "hrl"
        | "proto" | "am" | "ac" | "m4" | "cmake" => !(extension == "java" && languages.java),
        "ts" | "tsx" | "jsx" | "vue" | "svelte" | "scss" | "sass" | "less" => !languages.javascript,
        "py" | "pyi" | "pyx" | "pxd" => !languages.python,
        "js" | "mjs" | "cjs" => false,
        "rb" | "gemspec" | "rake" => !languages.ruby,
        "pl" | "pm" => !languages.perl,
        "php" => !languages.php,
        _ => match name {
            "go.mod"
            | "go.sum"
            | "go.work"
            | "go.work.sum"
            | "Cargo.toml"
            | "Cargo.lock"
            | "rust-toolchain"
            | "rust-toolchain.toml"
            | "Makefile"
            | "makefile"
            | "GNUmakefile"
            | "CMakeLists.txt"
            | "meson.build"
            | "configure"
            | "pom.xml"
            | "mvnw"
            | "gradlew"
            | "build.sbt"
            | "mix.lock"
            | "Package.swift"
            | "Package.resolved"
            | "stack.yaml"
            | "stack.yaml.lock"
            | "build.zig"
            | "tsconfig.json" => true,
            "package-lock.json" | "yarn.lock" | "pnpm-lock.yaml" => !languages.javascript,
            _ => false,
        },
    }
}
