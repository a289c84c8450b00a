//! What the files of projects are by their names, in any ecosystem: the planner's own judgement, which recipes fall back on.

use dfopt_semantic::command::Command;
use dfopt_semantic::model::{Model, Stage, Step};
use dfopt_syntax::ast::Instruction;

use crate::evidence::ImageFile;
use crate::recipes::Judgement;

/// Whether what the image runs reads program text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// An interpreter is started, which reads sources.
    Sources,
    /// Only compiled programs are.
    Nothing,
}

/// Whether the image starts an interpreter, as far as its instructions tell.
pub(crate) fn reads(model: &Model<'_>, stage: &Stage) -> Reads {
    if starts_interpreter(model, stage) { Reads::Sources } else { Reads::Nothing }
}

/// What becomes of a path that an instruction made, if its name tells.
pub(crate) fn judge(path: &str, file: &ImageFile, reads: Reads) -> Option<Judgement> {
    file.step?;
    let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    for part in path.split('/') {
        if let Some((_, reason)) = BUILD_DIRECTORIES.iter().find(|(directory, _)| *directory == part) {
            return leave(reason);
        }
    }
    if path.starts_with("/etc/") {
        return None;
    }
    if reads == Reads::Sources && READ_AT_RUN_TIME.contains(&ending) {
        return Some(Judgement::Keep("the interpreter may read it".into()));
    }
    if COMPILED.contains(&ending) && !file.is_elf {
        return leave("source of a compiled language");
    }
    if BUILD_FILES.contains(&name) {
        return leave("directs the build");
    }
    if reads == Reads::Nothing && INTERPRETED.contains(&ending) {
        return leave("source of a compiled language");
    }
    None
}

/// Programs that run sources.
const INTERPRETERS: &[&str] = &[
    "python",
    "python2",
    "python3",
    "node",
    "nodejs",
    "ruby",
    "perl",
    "php",
    "php-fpm",
    "deno",
    "bun",
    "lua",
    "Rscript",
    "R",
    "tclsh",
    "guile",
    "julia",
    "gunicorn",
    "uvicorn",
    "flask",
    "uwsgi",
    "celery",
    "django-admin",
    "rails",
    "rackup",
    "puma",
    "unicorn",
    "bundle",
    "rake",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pm2",
    "ts-node",
    "tsx",
    "nodemon",
    "next",
    "apache2-foreground",
    "apache2ctl",
    "iex",
    "streamlit",
    "hypercorn",
    "daphne",
    "waitress-serve",
    "plackup",
    "starman",
];

fn starts_interpreter(model: &Model<'_>, stage: &Stage) -> bool {
    let starts = |step: &&Step| {
        matches!(step.ast, Instruction::Cmd(_) | Instruction::Entrypoint(_) | Instruction::Healthcheck(_))
    };
    model.stage_steps(stage).iter().filter(starts).filter_map(|step| model.script(step)).any(|script| {
        script.invocations().into_iter().filter_map(Command::of).any(|command| {
            let name = command.name().unwrap_or_default();
            let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            INTERPRETERS.contains(&name)
                || INTERPRETERS.contains(&bare)
                || [".py", ".js", ".rb", ".pl", ".php", ".mjs"].iter().any(|end| name.ends_with(end))
        })
    })
}

/// Sources of languages whose compilers make something else of them.
const COMPILED: &[&str] = &[
    "c", "h", "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "s", "S", "asm", "f", "f90", "f95", "f03", "for", "rs",
    "go", "java", "kt", "kts", "scala", "groovy", "gradle", "cs", "csproj", "fs", "fsproj", "vb", "vbproj", "sln",
    "swift", "hs", "lhs", "cabal", "zig", "d", "pas", "adb", "ads", "ml", "mli", "nim", "cr", "ex", "exs", "erl",
    "hrl", "y", "l", "yy", "ll", "in", "am", "ac", "m4", "cmake", "v", "sv", "vala", "dart", "proto", "elm", "purs",
];

/// Sources that an interpreter reads, unless something compiles them.
const INTERPRETED: &[&str] = &["ts", "tsx", "jsx", "coffee", "scss", "sass", "less", "vue", "svelte", "map"];

/// Files that direct builds.
const BUILD_FILES: &[&str] = &[
    "Makefile",
    "makefile",
    "GNUmakefile",
    "CMakeLists.txt",
    "CMakeCache.txt",
    "configure",
    "config.status",
    "config.log",
    "config.h",
    "libtool",
    "meson.build",
    "meson_options.txt",
    "build.ninja",
    ".ninja_log",
    ".ninja_deps",
    "Cargo.toml",
    "Cargo.lock",
    "pom.xml",
    "build.xml",
    "settings.xml",
    "mvnw",
    "gradlew",
    "build.sbt",
    "BUILD",
    "WORKSPACE",
    "BUILD.bazel",
    "MODULE.bazel",
    "stack.yaml",
    "stack.yaml.lock",
    "package.yaml",
    "Package.swift",
    "Package.resolved",
    "dune",
    "dune-project",
    "mix.exs",
    "mix.lock",
    "rebar.config",
    "rebar.lock",
    "shard.yml",
    "shard.lock",
    "build.zig",
    "build.zig.zon",
    "Jenkinsfile",
    "vcpkg.json",
    "conanfile.txt",
    "conanfile.py",
    "aclocal.m4",
    "install-sh",
    "missing",
    "depcomp",
    "compile",
    "ltmain.sh",
    "config.guess",
    "config.sub",
    "cmake_install.cmake",
    "install_manifest.txt",
    "compile_commands.json",
    "CTestTestfile.cmake",
];

/// Directories of build systems.
const BUILD_DIRECTORIES: &[(&str, &str)] = &[
    ("CMakeFiles", "made by CMake on the way"),
    ("autom4te.cache", "made by autoconf on the way"),
    ("meson-private", "made by Meson on the way"),
    ("meson-info", "made by Meson on the way"),
    ("meson-logs", "made by Meson on the way"),
    (".gradle", "made by Gradle on the way"),
    (".mvn", "directs the build"),
    (".cargo", "directs the build"),
    (".fingerprint", "made by Cargo on the way"),
    ("incremental", "made by Cargo on the way"),
    ("maven-status", "made by Maven on the way"),
    ("maven-archiver", "made by Maven on the way"),
    ("generated-sources", "made by Maven on the way"),
    ("surefire-reports", "reports of tests"),
    (".deps", "made by automake on the way"),
    (".libs", "made by libtool on the way"),
];

/// Sources and data that the programs of `INTERPRETERS` read.
const READ_AT_RUN_TIME: &[&str] = &[
    "py", "pyi", "js", "mjs", "cjs", "json", "rb", "erb", "rake", "pl", "pm", "php", "phtml", "lua", "tcl", "r", "R",
    "jl", "scm",
];
