//! Languages: which files are sources, which are manifests and lock files, and which command belongs to which.

use super::go::GoVerb;
use super::native::DefaultOutput;
use super::tools::Tool;
use super::understood::Understood;

/// A language with its tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Ecosystem {
    Clojure,
    Crystal,
    Dart,
    Deno,
    DotNet,
    Elixir,
    Erlang,
    Gleam,
    Go,
    Haskell,
    Java,
    Nim,
    Native,
    Node,
    Ocaml,
    Perl,
    Php,
    Python,
    R,
    Ruby,
    Rust,
    Scala,
    SiteGenerator,
    Swift,
    Zig,
}

/// What is known of a language.
#[derive(Debug)]
pub struct Facts {
    /// The language.
    pub ecosystem: Ecosystem,
    /// Extensions of source files, without dot.
    pub sources: &'static [&'static str],
    /// Names of files that say what the project needs; `*` stands for any name, `/` for a directory below the project.
    pub manifests: &'static [&'static str],
    /// Names of files that fix versions.
    pub locks: &'static [&'static str],
    /// Directories that tools make and that a copy from the host would overwrite.
    pub made: &'static [&'static str],
    /// Directories with what only building or testing needs.
    pub build_only: &'static [&'static str],
    /// True if a program no longer needs its sources when it is built.
    pub compiled: bool,
}

/// Names that no running program needs, in any language.
pub const NEVER_SHIPPED: &[&str] = &[
    ".git",
    ".github",
    ".gitlab",
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".dockerignore",
    "Dockerfile",
    "Dockerfile.*",
    "docker-compose*.yml",
    "compose*.yaml",
    ".editorconfig",
    ".idea",
    ".vscode",
    ".travis.yml",
    ".circleci",
    "Jenkinsfile",
    "CHANGELOG*",
    "CONTRIBUTING*",
];

/// Everything known, sorted by language.
pub static ECOSYSTEMS: &[Facts] = &[
    Facts {
        ecosystem: Ecosystem::Clojure,
        sources: &["clj", "cljs", "cljc"],
        manifests: &["project.clj", "deps.edn", "build.clj", "bb.edn", "shadow-cljs.edn"],
        locks: &[],
        made: &["target", ".cpcache"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Crystal,
        sources: &["cr", "ecr"],
        manifests: &["shard.yml", "shard.override.yml"],
        locks: &["shard.lock"],
        made: &["lib", "bin"],
        build_only: &["spec"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Dart,
        sources: &["dart"],
        manifests: &["pubspec.yaml"],
        locks: &["pubspec.lock"],
        made: &["build", ".dart_tool"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Deno,
        sources: &["ts", "tsx", "js", "jsx", "mts"],
        manifests: &["deno.json", "deno.jsonc", "import_map.json", "package.json"],
        locks: &["deno.lock"],
        made: &["node_modules", "vendor"],
        build_only: &[],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::DotNet,
        sources: &["cs", "fs", "vb", "cshtml", "razor", "fsi", "resx"],
        manifests: &[
            "*.sln",
            "*.slnx",
            "*.csproj",
            "*.fsproj",
            "*.vbproj",
            "Directory.*.props",
            "Directory.*.targets",
            "nuget.config",
            "NuGet.config",
            "NuGet.Config",
            "global.json",
        ],
        locks: &["packages.lock.json"],
        made: &["bin", "obj"],
        build_only: &["test", "tests"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Elixir,
        sources: &["ex", "exs", "eex", "heex", "leex"],
        manifests: &["mix.exs", "apps/*/mix.exs", "config/*.exs"],
        locks: &["mix.lock"],
        made: &["_build", "deps", "cover"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Erlang,
        sources: &["erl", "hrl", "yrl", "xrl"],
        manifests: &["rebar.config", "rebar.config.script", "erlang.mk"],
        locks: &["rebar.lock"],
        made: &["_build", "ebin"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Gleam,
        sources: &["gleam"],
        manifests: &["gleam.toml"],
        locks: &["manifest.toml"],
        made: &["build"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Go,
        sources: &["go", "s", "tmpl.go"],
        manifests: &["go.mod", "go.work", "*/go.mod", "*/*/go.mod"],
        locks: &["go.sum", "go.work.sum", "*/go.sum", "*/*/go.sum"],
        made: &["vendor"],
        build_only: &["testdata", "vendor"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Haskell,
        sources: &["hs", "lhs", "hsc"],
        manifests: &["stack.yaml", "package.yaml", "*.cabal", "cabal.project", "Setup.hs"],
        locks: &["stack.yaml.lock", "cabal.project.freeze"],
        made: &[".stack-work", "dist-newstyle"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Java,
        sources: &["java", "kt", "groovy", "kts"],
        manifests: &[
            "pom.xml",
            "*/pom.xml",
            "*/*/pom.xml",
            ".mvn/**",
            "mvnw",
            "mvnw.cmd",
            "settings.xml",
            "build.gradle",
            "build.gradle.kts",
            "*/build.gradle",
            "*/build.gradle.kts",
            "settings.gradle",
            "settings.gradle.kts",
            "gradle.properties",
            "gradle/**",
            "gradlew",
            "gradlew.bat",
            "buildSrc/**",
            "build-logic/**",
            "libs.versions.toml",
            "ivy.xml",
        ],
        locks: &["gradle.lockfile", "*/gradle.lockfile"],
        made: &["target", "build", ".gradle"],
        build_only: &["src/test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Nim,
        sources: &["nim", "nims"],
        manifests: &["*.nimble", "config.nims"],
        locks: &["nimble.lock"],
        made: &["nimcache"],
        build_only: &["tests"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Native,
        sources: &[
            "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx", "inl", "ipp", "S", "f", "f90", "cu", "cuh", "m", "mm",
            "am", "ac", "in", "m4", "cmake",
        ],
        manifests: &[
            "vcpkg.json",
            "vcpkg-configuration.json",
            "conanfile.txt",
            "conanfile.py",
            "CMakePresets.json",
            ".gitmodules",
        ],
        locks: &["conan.lock"],
        made: &["build", "cmake-build-*"],
        build_only: &["tests", "test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Node,
        sources: &["ts", "tsx", "jsx", "vue", "svelte", "astro", "scss", "sass", "less", "styl", "mts", "cts"],
        manifests: &[
            "package.json",
            "*/package.json",
            "*/*/package.json",
            ".npmrc",
            ".yarnrc",
            ".yarnrc.yml",
            ".yarn/**",
            ".pnp.*",
            "pnpm-workspace.yaml",
            ".pnpmfile.cjs",
            "patches/**",
            "lerna.json",
            "turbo.json",
            "bunfig.toml",
            "prisma/schema.prisma",
            ".node-version",
            ".nvmrc",
        ],
        locks: &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
        made: &["node_modules", "dist", "build", ".next", ".nuxt", ".output"],
        build_only: &["test", "tests", "__tests__", "cypress", "e2e", "coverage", ".storybook"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::Ocaml,
        sources: &["ml", "mli", "mll", "mly"],
        manifests: &["*.opam", "dune-project", "opam", "esy.json"],
        locks: &["*.opam.locked"],
        made: &["_build", "_opam"],
        build_only: &["test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Perl,
        sources: &["xs"],
        manifests: &["cpanfile", "Makefile.PL", "Build.PL", "dist.ini"],
        locks: &["cpanfile.snapshot"],
        made: &["local"],
        build_only: &["t", "xt"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::Php,
        sources: &[],
        manifests: &["composer.json", "auth.json"],
        locks: &["composer.lock", "symfony.lock"],
        made: &["vendor"],
        build_only: &["tests"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::Python,
        sources: &["pyx", "pxd"],
        manifests: &[
            "requirements*.txt",
            "requirements/*.txt",
            "*requirements.txt",
            "constraints*.txt",
            "requirements*.in",
            "pyproject.toml",
            "setup.py",
            "setup.cfg",
            "Pipfile",
            "MANIFEST.in",
            "environment.yml",
            "environment.yaml",
            ".python-version",
        ],
        locks: &["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock*.toml"],
        made: &["__pycache__", ".venv", "venv", "*.egg-info"],
        build_only: &["tests", "test", ".tox", ".pytest_cache", ".mypy_cache"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::R,
        sources: &[],
        manifests: &["DESCRIPTION", "NAMESPACE", ".Rprofile", "renv/activate.R", "renv/settings.*", "packrat/**"],
        locks: &["renv.lock"],
        made: &["renv/library"],
        build_only: &["tests"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::Ruby,
        sources: &[],
        manifests: &["Gemfile", "gems.rb", "*.gemspec", ".ruby-version", ".tool-versions", "Gemfile.local"],
        locks: &["Gemfile.lock", "gems.locked"],
        made: &["vendor/bundle", ".bundle", "tmp", "log"],
        build_only: &["spec", "test"],
        compiled: false,
    },
    Facts {
        ecosystem: Ecosystem::Rust,
        sources: &["rs"],
        manifests: &[
            "Cargo.toml",
            "*/Cargo.toml",
            "*/*/Cargo.toml",
            ".cargo/**",
            "rust-toolchain",
            "rust-toolchain.toml",
            "build.rs",
        ],
        locks: &["Cargo.lock"],
        made: &["target"],
        build_only: &["tests", "benches", "examples"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Scala,
        sources: &["scala", "sc"],
        manifests: &[
            "build.sbt",
            "project/*.sbt",
            "project/*.scala",
            "project/build.properties",
            "build.sc",
            ".sbtopts",
            ".jvmopts",
        ],
        locks: &[],
        made: &["target", "project/target"],
        build_only: &["src/test"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::SiteGenerator,
        sources: &["md", "mdx", "rst", "adoc", "liquid"],
        manifests: &["hugo.toml", "hugo.yaml", "config.toml", "config.yaml", "_config.yml", "mkdocs.yml", "conf.py"],
        locks: &[],
        made: &["public", "_site", "site", "_build"],
        build_only: &[],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Swift,
        sources: &["swift"],
        manifests: &["Package.swift"],
        locks: &["Package.resolved"],
        made: &[".build"],
        build_only: &["Tests"],
        compiled: true,
    },
    Facts {
        ecosystem: Ecosystem::Zig,
        sources: &["zig", "zon"],
        manifests: &["build.zig", "build.zig.zon"],
        locks: &[],
        made: &["zig-out", "zig-cache", ".zig-cache"],
        build_only: &["test"],
        compiled: true,
    },
];

/// The facts of a language.
#[must_use]
pub fn facts(ecosystem: Ecosystem) -> Option<&'static Facts> {
    ECOSYSTEMS.iter().find(|f| f.ecosystem == ecosystem)
}

/// The language whose tool a command is.
#[must_use]
pub fn of(understood: &Understood<'_>) -> Option<Ecosystem> {
    Some(match understood {
        Understood::Go(_) => Ecosystem::Go,
        Understood::Cargo(_) => Ecosystem::Rust,
        Understood::Node(_) => Ecosystem::Node,
        Understood::Pip(_) => Ecosystem::Python,
        Understood::Make(_) => Ecosystem::Native,
        Understood::Compile(compile) => match (compile.compiler, compile.default_output) {
            ("rustc", _) => Ecosystem::Rust,
            ("ghc", _) => Ecosystem::Haskell,
            (name, DefaultOutput::Stem) if name.starts_with("ocaml") => Ecosystem::Ocaml,
            _ => Ecosystem::Native,
        },
        Understood::Tool(run) => match run.tool {
            Tool::Ant
            | Tool::Gradle
            | Tool::Maven
            | Tool::Javac
            | Tool::Jar
            | Tool::Jlink
            | Tool::Kotlinc
            | Tool::NativeImage => Ecosystem::Java,
            Tool::Sbt => Ecosystem::Scala,
            Tool::Leiningen | Tool::Clojure => Ecosystem::Clojure,
            Tool::Dotnet => Ecosystem::DotNet,
            Tool::Mix | Tool::Elixir => Ecosystem::Elixir,
            Tool::Rebar => Ecosystem::Erlang,
            Tool::Gleam => Ecosystem::Gleam,
            Tool::Composer | Tool::Pecl | Tool::PhpExtension | Tool::PhpScript => Ecosystem::Php,
            Tool::Bundler | Tool::Gem | Tool::Rake => Ecosystem::Ruby,
            Tool::Hugo | Tool::Jekyll | Tool::Mkdocs | Tool::Sphinx => Ecosystem::SiteGenerator,
            Tool::Conda
            | Tool::Pdm
            | Tool::Pipenv
            | Tool::Pipx
            | Tool::Poetry
            | Tool::PyInstaller
            | Tool::PythonBuild
            | Tool::PythonBytecode
            | Tool::PythonTest
            | Tool::PythonWeb
            | Tool::SetupPy
            | Tool::Uv
            | Tool::Virtualenv => Ecosystem::Python,
            Tool::Swift => Ecosystem::Swift,
            Tool::Stack | Tool::Cabal => Ecosystem::Haskell,
            Tool::Zig => Ecosystem::Zig,
            Tool::Crystal | Tool::Shards => Ecosystem::Crystal,
            Tool::Dart | Tool::Flutter => Ecosystem::Dart,
            Tool::Nim => Ecosystem::Nim,
            Tool::Opam | Tool::Dune => Ecosystem::Ocaml,
            Tool::Deno => Ecosystem::Deno,
            Tool::Cpan => Ecosystem::Perl,
            Tool::R => Ecosystem::R,
            Tool::JsBuild => Ecosystem::Node,
            Tool::Rustup => Ecosystem::Rust,
            Tool::Autotools | Tool::Cmake | Tool::Meson | Tool::Scons => Ecosystem::Native,
            Tool::Luarocks | Tool::Protoc => return None,
        },
        _ => return None,
    })
}

/// True if the path, relative to the project, is a source file of the language.
#[must_use]
pub fn is_source(ecosystem: Ecosystem, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    !stem.is_empty() && facts(ecosystem).is_some_and(|f| f.sources.contains(&extension))
}

/// True if the path, relative to the project, is a manifest or a lock file of the language.
#[must_use]
pub fn is_manifest(ecosystem: Ecosystem, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    facts(ecosystem).is_some_and(|f| f.manifests.iter().chain(f.locks).any(|pattern| names(pattern, path)))
}

/// True if the path is a manifest of any language.
#[must_use]
pub fn is_any_manifest(path: &str) -> bool {
    ECOSYSTEMS.iter().any(|f| is_manifest(f.ecosystem, path))
}

/// True if the directory is one that holds manifests of the language and is seldom home to anything else, such as `config` of Elixir.
#[must_use]
pub fn is_manifest_directory(ecosystem: Ecosystem, path: &str) -> bool {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let holds = |pattern: &&str| {
        pattern.split_once('/').is_some_and(|(directory, rest)| directory == name && !rest.contains('/'))
    };
    facts(ecosystem).is_some_and(|f| f.manifests.iter().any(holds))
}

/// A pattern without directory matches the name anywhere; one with directories matches the end of the path.
fn names(pattern: &str, path: &str) -> bool {
    if let Some(directory) = pattern.strip_suffix("/**") {
        return path.starts_with(directory)
            && path.get(directory.len()..).is_some_and(|r| r.is_empty() || r.starts_with('/'));
    }
    let wanted: Vec<&str> = pattern.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    given.len() >= wanted.len()
        && (wanted.len() == 1 || given.len() == wanted.len())
        && wanted.iter().rev().zip(given.iter().rev()).all(|(w, g)| one_name(w, g))
}

/// A name with at most one star.
fn one_name(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
    }
}

/// True if an installing command only makes sense once all sources are there: `pip install .`, a build that fetches by itself.
#[must_use]
pub fn needs_sources(understood: &Understood<'_>) -> bool {
    match understood {
        Understood::Pip(pip) => pip.uses_project_sources(),
        Understood::Go(go) => !matches!(go.verb, GoVerb::ModDownload),
        other => !other.fetches_dependencies(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_once() {
        assert!(ECOSYSTEMS.is_sorted_by_key(|f| f.ecosystem));
        for facts in ECOSYSTEMS {
            assert_eq!(ECOSYSTEMS.iter().filter(|f| f.ecosystem == facts.ecosystem).count(), 1);
        }
    }

    #[test]
    fn manifests_and_sources() {
        for (ecosystem, path, manifest, source) in [
            (Ecosystem::Go, "go.mod", true, false),
            (Ecosystem::Go, "sub/go.sum", true, false),
            (Ecosystem::Go, "main.go", false, true),
            (Ecosystem::Go, "templates/index.html", false, false),
            (Ecosystem::Node, "./package.json", true, false),
            (Ecosystem::Node, "packages/a/package.json", true, false),
            (Ecosystem::Node, "src/app.ts", false, true),
            (Ecosystem::Node, "src/app.js", false, false),
            (Ecosystem::Node, ".yarn/releases/yarn.cjs", true, false),
            (Ecosystem::Python, "requirements-dev.txt", true, false),
            (Ecosystem::Python, "requirements/base.txt", true, false),
            (Ecosystem::Python, "app.py", false, false),
            (Ecosystem::Java, "module/pom.xml", true, false),
            (Ecosystem::DotNet, "src/App/App.csproj", true, false),
            (Ecosystem::Rust, ".rs", false, false),
        ] {
            assert_eq!(is_manifest(ecosystem, path), manifest, "{path}");
            assert_eq!(is_source(ecosystem, path), source, "{path}");
        }
    }
}
