//! Build systems of C and C++, and tools of languages that compile to machine code.

use super::super::super::options::Spec;
use super::super::Action::{Build, Clean, Configure, Fetch, Install, InstallDependencies, Query, Run, Start, Test};
use super::{DevelopmentRule, Goals, Tool, ToolSpec, always, gnu, row};

const SWIFT: Spec = gnu(
    "c",
    "",
    &[
        "configuration",
        "product",
        "target",
        "package-path",
        "scratch-path",
        "build-path",
        "triple",
        "arch",
        "swift-sdk",
        "jobs",
        "sdk",
        "destination",
        "cache-path",
    ],
);

const CMAKE: Spec = gnu(
    "SBGCDUt",
    "",
    &["build", "install", "prefix", "config", "target", "component", "preset", "toolchain", "parallel", "strip"],
);

pub(super) static TOOLS: &[ToolSpec] = &[
    always(
        &["scons", "waf", "bazel", "bazelisk", "buck2", "b2", "bjam", "xmake", "premake5", "qmake", "qmake6"],
        Tool::Scons,
        gnu("jCf", "", &["prefix"]),
        Build,
    ),
    ToolSpec {
        output: &["--scratch-path", "--build-path"],
        directory: &["--package-path"],
        ..row(
            &["swift"],
            Tool::Swift,
            SWIFT,
            Goals::Verb,
            &[
                ("build", Build),
                ("package resolve", Fetch),
                ("package update", Fetch),
                ("package clean", Clean),
                ("package", Configure),
                ("run", Start),
                ("test", Test),
            ],
        )
    },
    always(&["swiftc"], Tool::Swift, gnu("oIL", "", &[]), Build),
    ToolSpec {
        output: &["--prefix", "-p"],
        bare: Query,
        ..row(
            &["zig"],
            Tool::Zig,
            gnu("p", "DOf", &["prefix", "global-cache-dir", "cache-dir"]),
            Goals::Verb,
            &[
                ("build", Build),
                ("build-exe", Build),
                ("build-lib", Build),
                ("cc", Build),
                ("c++", Build),
                ("test", Test),
                ("run", Start),
                ("version", Query),
                ("fetch", Fetch),
            ],
        )
    },
    ToolSpec {
        output: &["-o"],
        ..row(
            &["crystal"],
            Tool::Crystal,
            gnu("oD", "", &["link-flags", "target", "output"]),
            Goals::Verb,
            &[("build", Build), ("compile", Build), ("run", Start), ("spec", Test), ("tool", Query)],
        )
    },
    ToolSpec {
        development: DevelopmentRule::UnlessExcluded {
            excluded: &["--production", "--without-development"],
            variable: None,
        },
        bare: InstallDependencies,
        ..row(
            &["shards"],
            Tool::Shards,
            gnu("", "", &[]),
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("build", Build),
                ("update", InstallDependencies),
                ("prune", Clean),
                ("check", Query),
            ],
        )
    },
    ToolSpec {
        output: &["-o", "--out"],
        ..row(
            &["nim"],
            Tool::Nim,
            gnu("od", "", &["out", "outdir"]),
            Goals::Verb,
            &[("c", Build), ("cpp", Build), ("compile", Build), ("js", Build), ("r", Start)],
        )
    },
    ToolSpec {
        bare: InstallDependencies,
        ..row(
            &["nimble"],
            Tool::Nim,
            gnu("", "", &[]),
            Goals::Verb,
            &[
                ("install", InstallDependencies),
                ("build", Build),
                ("c", Build),
                ("refresh", Fetch),
                ("test", Test),
                ("run", Start),
            ],
        )
    },
    ToolSpec {
        output: &["-B", "--prefix"],
        directory: &["--build", "--install"],
        ..row(
            &["cmake"],
            Tool::Cmake,
            CMAKE,
            Goals::Options(&[
                ("--version", Query),
                ("--build", Build),
                ("--install", Install),
                ("-E", Run),
                ("-P", Run),
                ("", Build),
            ]),
            &[],
        )
    },
    row(&["ctest"], Tool::Cmake, CMAKE, Goals::Always(Test), &[]),
    ToolSpec {
        output: &["--prefix", "--destdir"],
        directory: &["-C"],
        bare: Build,
        other: Build,
        ..row(
            &["meson", "muon"],
            Tool::Meson,
            gnu("CDj", "", &["prefix", "destdir", "buildtype", "libdir", "cross-file", "native-file"]),
            Goals::Verb,
            &[
                ("setup", Build),
                ("configure", Configure),
                ("compile", Build),
                ("install", Install),
                ("test", Test),
                ("subprojects", Fetch),
                ("wrap", Fetch),
            ],
        )
    },
    ToolSpec {
        output: &["--prefix"],
        ..row(
            &[
                "configure",
                "autogen.sh",
                "autoreconf",
                "autoconf",
                "automake",
                "aclocal",
                "libtoolize",
                "bootstrap",
                "bootstrap.sh",
                "Configure",
                "config",
            ],
            Tool::Autotools,
            gnu("", "IL", &["prefix"]),
            Goals::Always(Build),
            &[],
        )
    },
    always(&["protoc", "buf", "grpc_tools", "flatc", "thrift", "swig"], Tool::Protoc, gnu("I", "", &[]), Build),
    ToolSpec {
        other: Configure,
        ..row(
            &["rustup", "rustup-init"],
            Tool::Rustup,
            gnu("yct", "", &["default-toolchain", "profile", "component", "target", "toolchain"]),
            Goals::Verb,
            &[
                ("target", InstallDependencies),
                ("component", InstallDependencies),
                ("toolchain", InstallDependencies),
                ("install", InstallDependencies),
                ("default", InstallDependencies),
                ("update", InstallDependencies),
                ("show", Query),
                ("override", Configure),
            ],
        )
    },
];
