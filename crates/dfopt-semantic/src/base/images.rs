//! The table of images: what each is for, where its system comes from, and what its configuration holds.
//!
//! Rows are sorted by repository; of one repository the first whose parts are all in the tag applies. Nothing is
//! computed at start-up.

use super::release::{Distro, PackageManager, Shell};
use super::tag::SlimPlace;
use super::{Ecosystem, EnvFact, Kind, Programs, Size};

/// One row.
pub(super) struct Row {
    pub(super) repo: &'static str,
    /// Parts that the tag must have, each as the beginning of one.
    pub(super) needs: &'static [&'static str],
    pub(super) kind: Kind,
    pub(super) ecosystem: Option<Ecosystem>,
    pub(super) origin: Origin,
    pub(super) user: Option<&'static str>,
    pub(super) workdir: Option<&'static str>,
    pub(super) env: &'static [EnvFact],
    pub(super) entrypoint: Option<&'static [&'static str]>,
    pub(super) cmd: Option<&'static [&'static str]>,
    /// Where it is not the distribution's.
    pub(super) shell: Option<Shell>,
    /// Where it is not the distribution's.
    pub(super) packages: Option<PackageManager>,
    pub(super) programs: Programs,
    pub(super) size: Option<Size>,
    pub(super) siblings: &'static [Sibling],
    pub(super) drops_privileges: bool,
}

/// Where the system below comes from, if the tag does not say.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// The version in the tag is the release; `latest` was this one.
    Itself(Distro, &'static str),
    /// Depends on the version of what the image is for.
    Versions(&'static [Span]),
    /// Whatever the tag: this one at the time of the table.
    Assumed(Distro, &'static str),
    /// Of this distribution, the release is not recorded.
    Some(Distro),
    /// Windows.
    Windows,
    /// No distribution at all.
    Nothing,
    /// Not recorded.
    Unknown,
}

/// Versions from the first to the last pair, both included, and what they were built on last. The last span is current.
pub(super) type Span = ((u16, u16), (u16, u16), Distro, &'static str);

/// How to name a smaller image that can take the same product.
#[derive(Clone, Copy)]
pub(super) enum Sibling {
    /// The same tag with `slim`.
    Slim(SlimPlace),
    /// The same tag with one part replaced.
    Part(&'static str, &'static str),
    /// Another repository under the same tag.
    Repo(&'static str),
    /// A JRE of the Java version in the tag.
    TemurinJre,
    /// The plain distribution of the same release.
    Distro,
    /// Distroless static of the same release, for a static program.
    Static,
}

use Distro::{
    Alma, Alpine, Amazon, Arch, AzureLinux, BusyBox, CentOs, Debian, Fedora, OpenSuse, Oracle, Rhel, Rocky, Ubuntu,
    Wolfi,
};
use Kind::{Empty, Interpreter, Minimal, Runtime, Toolchain};
use Programs::{BuildpackDeps, Plain};

const ANY: u16 = u16::MAX;

const fn mb(compressed: u32, unpacked: u32) -> Option<Size> {
    Some(Size { compressed_mb: compressed, unpacked_mb: unpacked })
}

const fn known(name: &'static str, value: &'static str) -> EnvFact {
    EnvFact { name, value: Some(value) }
}

const fn varies(name: &'static str) -> EnvFact {
    EnvFact { name, value: None }
}

const PATH: EnvFact = known("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
const NONE: Option<&[&str]> = Some(&[]);
const BASH: Option<&[&str]> = Some(&["bash"]);
const BIN_BASH: Option<&[&str]> = Some(&["/bin/bash"]);
const BIN_SH: Option<&[&str]> = Some(&["/bin/sh"]);

/// A distribution's own image.
const DISTRO: Row = Row {
    repo: "",
    needs: &[],
    kind: Kind::Distro,
    ecosystem: None,
    origin: Origin::Unknown,
    user: Some("root"),
    workdir: Some("/"),
    env: &[PATH],
    entrypoint: NONE,
    cmd: BIN_BASH,
    shell: None,
    packages: None,
    programs: Plain,
    size: None,
    siblings: &[],
    drops_privileges: false,
};

/// An image made of a distribution and something else, of which the configuration is not recorded.
const IMAGE: Row = Row { kind: Runtime, workdir: None, user: None, env: &[], entrypoint: None, cmd: None, ..DISTRO };

const DISTROLESS: Row = Row {
    kind: Minimal,
    origin: Origin::Assumed(Debian, "12"),
    user: Some("0"),
    env: &[PATH, known("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")],
    cmd: NONE,
    shell: Some(Shell::None),
    packages: Some(PackageManager::None),
    programs: Programs::None,
    ..DISTRO
};

const CHAINGUARD: Row = Row {
    kind: Minimal,
    origin: Origin::Assumed(Wolfi, "rolling"),
    user: Some("65532"),
    shell: Some(Shell::None),
    packages: Some(PackageManager::None),
    programs: Programs::None,
    ..IMAGE
};

const GO_ENV: &[EnvFact] = &[
    known("PATH", "/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    varies("GOLANG_VERSION"),
    known("GOTOOLCHAIN", "local"),
    known("GOPATH", "/go"),
];
const GO_SPANS: &[Span] = &[
    ((1, 10), (1, 11), Debian, "stretch"),
    ((1, 13), (1, 15), Debian, "buster"),
    ((1, 16), (1, 18), Debian, "bullseye"),
    ((1, 20), (1, 23), Debian, "bookworm"),
    ((1, 24), (1, 25), Debian, "trixie"),
];
const GO: Row = Row {
    repo: "golang",
    kind: Toolchain,
    ecosystem: Some(Ecosystem::Go),
    origin: Origin::Versions(GO_SPANS),
    workdir: Some("/go"),
    env: GO_ENV,
    cmd: BASH,
    programs: BuildpackDeps,
    size: mb(300, 840),
    siblings: &[Sibling::Distro, Sibling::Static],
    ..DISTRO
};

const RUST_ENV: &[EnvFact] = &[
    known("RUSTUP_HOME", "/usr/local/rustup"),
    known("CARGO_HOME", "/usr/local/cargo"),
    known("PATH", "/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    varies("RUST_VERSION"),
];
const RUST_SPANS: &[Span] = &[
    ((1, 40), (1, 53), Debian, "buster"),
    ((1, 56), (1, 69), Debian, "bullseye"),
    ((1, 72), (1, 88), Debian, "bookworm"),
    ((1, 90), (1, 91), Debian, "trixie"),
];
const RUST: Row = Row {
    repo: "rust",
    kind: Toolchain,
    ecosystem: Some(Ecosystem::Rust),
    origin: Origin::Versions(RUST_SPANS),
    env: RUST_ENV,
    cmd: BASH,
    programs: BuildpackDeps,
    size: mb(550, 1550),
    siblings: &[Sibling::Distro, Sibling::Static],
    ..DISTRO
};

const NODE_ENV: &[EnvFact] = &[PATH, varies("NODE_VERSION"), varies("YARN_VERSION")];
const NODE: Row = Row {
    repo: "node",
    kind: Interpreter,
    ecosystem: Some(Ecosystem::Node),
    origin: Origin::Versions(&[((18, 0), (24, ANY), Debian, "bookworm")]),
    env: NODE_ENV,
    entrypoint: Some(&["docker-entrypoint.sh"]),
    cmd: Some(&["node"]),
    programs: BuildpackDeps,
    size: mb(390, 1100),
    siblings: &[Sibling::Slim(SlimPlace::Last)],
    ..DISTRO
};

const PYTHON_ENV: &[EnvFact] = &[
    known("PATH", "/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    varies("GPG_KEY"),
    varies("PYTHON_VERSION"),
    varies("PYTHON_SHA256"),
];
const PYTHON_SPANS: &[Span] = &[
    ((2, 7), (2, 7), Debian, "buster"),
    ((3, 4), (3, 4), Debian, "stretch"),
    ((3, 5), (3, 5), Debian, "buster"),
    ((3, 6), (3, 6), Debian, "bullseye"),
    ((3, 7), (3, 8), Debian, "bookworm"),
    ((3, 9), (3, 14), Debian, "trixie"),
];
const PYTHON: Row = Row {
    repo: "python",
    kind: Interpreter,
    ecosystem: Some(Ecosystem::Python),
    origin: Origin::Versions(PYTHON_SPANS),
    env: PYTHON_ENV,
    cmd: Some(&["python3"]),
    programs: BuildpackDeps,
    size: mb(370, 1020),
    siblings: &[Sibling::Slim(SlimPlace::BeforeCodename)],
    ..DISTRO
};

const RUBY_ENV: &[EnvFact] = &[
    known("PATH", "/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    known("LANG", "C.UTF-8"),
    varies("RUBY_VERSION"),
    varies("RUBY_DOWNLOAD_URL"),
    varies("RUBY_DOWNLOAD_SHA256"),
    known("GEM_HOME", "/usr/local/bundle"),
    known("BUNDLE_SILENCE_ROOT_WARNING", "1"),
    known("BUNDLE_APP_CONFIG", "/usr/local/bundle"),
];
const RUBY_SPANS: &[Span] = &[
    ((2, 4), (2, 5), Debian, "buster"),
    ((2, 6), (2, 7), Debian, "bullseye"),
    ((3, 0), (3, 1), Debian, "bookworm"),
    ((3, 2), (3, 4), Debian, "trixie"),
];
const RUBY: Row = Row {
    repo: "ruby",
    kind: Interpreter,
    ecosystem: Some(Ecosystem::Ruby),
    origin: Origin::Versions(RUBY_SPANS),
    env: RUBY_ENV,
    cmd: Some(&["irb"]),
    programs: BuildpackDeps,
    size: mb(370, 990),
    siblings: &[Sibling::Slim(SlimPlace::BeforeCodename)],
    ..DISTRO
};

const PHP_ENV: &[EnvFact] = &[
    PATH,
    varies("PHPIZE_DEPS"),
    known("PHP_INI_DIR", "/usr/local/etc/php"),
    varies("PHP_CFLAGS"),
    varies("PHP_CPPFLAGS"),
    varies("PHP_LDFLAGS"),
    varies("GPG_KEYS"),
    varies("PHP_VERSION"),
    varies("PHP_URL"),
    varies("PHP_ASC_URL"),
    varies("PHP_SHA256"),
];
const PHP_SPANS: &[Span] =
    &[((7, 1), (7, 2), Debian, "buster"), ((7, 3), (7, 4), Debian, "bullseye"), ((8, 1), (8, 4), Debian, "trixie")];
const PHP: Row = Row {
    repo: "php",
    kind: Interpreter,
    ecosystem: Some(Ecosystem::Php),
    origin: Origin::Versions(PHP_SPANS),
    env: PHP_ENV,
    entrypoint: Some(&["docker-php-entrypoint"]),
    cmd: Some(&["php", "-a"]),
    programs: Programs::Curl,
    size: mb(175, 500),
    ..DISTRO
};

const JAVA_ENV: &[EnvFact] = &[
    varies("PATH"),
    known("JAVA_HOME", "/opt/java/openjdk"),
    known("LANG", "en_US.UTF-8"),
    known("LANGUAGE", "en_US:en"),
    known("LC_ALL", "en_US.UTF-8"),
    varies("JAVA_VERSION"),
];
const TEMURIN: Row = Row {
    repo: "eclipse-temurin",
    kind: Toolchain,
    ecosystem: Some(Ecosystem::Java),
    origin: Origin::Versions(&[((8, 0), (24, ANY), Ubuntu, "24.04")]),
    env: JAVA_ENV,
    entrypoint: Some(&["/__cacert_entrypoint.sh"]),
    cmd: Some(&["jshell"]),
    size: mb(210, 460),
    siblings: &[Sibling::TemurinJre],
    ..DISTRO
};
const OTHER_JDK: Row =
    Row { kind: Toolchain, ecosystem: Some(Ecosystem::Java), siblings: &[Sibling::TemurinJre], ..IMAGE };

const DOTNET_SPANS: &[Span] = &[
    ((5, 0), (5, 0), Debian, "10"),
    ((6, 0), (7, 0), Debian, "11"),
    ((8, 0), (9, 0), Debian, "12"),
    ((10, 0), (10, 0), Ubuntu, "24.04"),
];
const DOTNET: Row = Row {
    kind: Runtime,
    ecosystem: Some(Ecosystem::DotNet),
    origin: Origin::Versions(DOTNET_SPANS),
    env: &[PATH, known("DOTNET_RUNNING_IN_CONTAINER", "true"), varies("DOTNET_VERSION"), varies("APP_UID")],
    cmd: None,
    ..DISTRO
};
const CHISELED: Row = Row {
    shell: Some(Shell::None),
    packages: Some(PackageManager::None),
    programs: Programs::None,
    user: Some("1654"),
    ..DOTNET
};

const SERVER: Row = Row { user: Some("root"), drops_privileges: true, ..IMAGE };
const UBI: Row = Row { origin: Origin::Some(Rhel), programs: Programs::Curl, size: mb(75, 210), ..DISTRO };
const MSWINDOWS: Row = Row { kind: Kind::Distro, origin: Origin::Windows, programs: Programs::Unknown, ..IMAGE };

#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row { repo: "adoptopenjdk", needs: &["jre"], kind: Runtime, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "adoptopenjdk", origin: Origin::Some(Ubuntu), programs: Programs::Unknown, siblings: &[Sibling::Part("jdk", "jre"), Sibling::TemurinJre], ..OTHER_JDK },
    Row { repo: "almalinux", needs: &["minimal"], origin: Origin::Itself(Alma, "10"), packages: Some(PackageManager::Microdnf), programs: Programs::Curl, size: mb(35, 95), ..DISTRO },
    Row { repo: "almalinux", origin: Origin::Itself(Alma, "10"), programs: Programs::Curl, size: mb(65, 190), ..DISTRO },
    Row { repo: "alpine", origin: Origin::Itself(Alpine, "3.22"), cmd: BIN_SH, programs: Programs::BusyBox, size: mb(4, 8), ..DISTRO },
    Row { repo: "amazoncorretto", needs: &["alpine"], origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..OTHER_JDK },
    Row { repo: "amazoncorretto", origin: Origin::Some(Amazon), programs: Programs::Curl, size: mb(180, 480), ..OTHER_JDK },
    Row { repo: "amazonlinux", origin: Origin::Itself(Amazon, "2023"), programs: Programs::Curl, size: mb(55, 145), ..DISTRO },
    Row { repo: "archlinux", origin: Origin::Assumed(Arch, "rolling"), cmd: Some(&["/usr/bin/bash"]), programs: Programs::Curl, size: mb(150, 430), ..DISTRO },
    Row { repo: "azul/zulu-openjdk", needs: &["jre"], kind: Runtime, ecosystem: Some(Ecosystem::Java), ..IMAGE },
    Row { repo: "azul/zulu-openjdk", programs: Programs::Unknown, ..OTHER_JDK },
    Row { repo: "azul/zulu-openjdk-alpine", origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..OTHER_JDK },
    Row { repo: "bellsoft/liberica-openjdk-alpine", origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..OTHER_JDK },
    Row { repo: "bellsoft/liberica-openjdk-debian", origin: Origin::Some(Debian), ..OTHER_JDK },
    Row { repo: "bitnami/minideb", origin: Origin::Itself(Debian, "12"), size: mb(30, 75), ..DISTRO },
    Row { repo: "bitnami/node", kind: Interpreter, ecosystem: Some(Ecosystem::Node), origin: Origin::Assumed(Debian, "12"), workdir: Some("/app"), programs: Programs::Curl, size: mb(300, 850), ..IMAGE },
    Row { repo: "bitnami/python", kind: Interpreter, ecosystem: Some(Ecosystem::Python), origin: Origin::Assumed(Debian, "12"), workdir: Some("/app"), programs: Programs::Curl, ..IMAGE },
    Row { repo: "bitnami/ruby", kind: Interpreter, ecosystem: Some(Ecosystem::Ruby), origin: Origin::Assumed(Debian, "12"), workdir: Some("/app"), programs: Programs::Curl, ..IMAGE },
    Row { repo: "buildpack-deps", needs: &["curl"], kind: Toolchain, ecosystem: None, origin: Origin::Itself(Debian, "13"), cmd: BASH, programs: Programs::CurlWget, size: mb(75, 200), ..DISTRO },
    Row { repo: "buildpack-deps", needs: &["scm"], kind: Toolchain, ecosystem: None, origin: Origin::Itself(Debian, "13"), cmd: BASH, programs: BuildpackDeps, size: mb(135, 370), ..DISTRO },
    Row { repo: "buildpack-deps", kind: Toolchain, ecosystem: Some(Ecosystem::C), origin: Origin::Itself(Debian, "13"), cmd: BASH, programs: BuildpackDeps, size: mb(340, 930), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "busybox", kind: Minimal, origin: Origin::Assumed(BusyBox, "rolling"), cmd: Some(&["sh"]), programs: Programs::BusyBox, size: mb(2, 4), ..DISTRO },
    Row { repo: "caddy", needs: &["builder"], kind: Toolchain, ecosystem: Some(Ecosystem::Go), origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "caddy", origin: Origin::Some(Alpine), workdir: Some("/srv"), entrypoint: NONE, cmd: Some(&["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]), programs: Programs::BusyBox, size: mb(20, 50), ..SERVER },
    Row { repo: "centos", origin: Origin::Itself(CentOs, "8"), programs: Programs::Curl, size: mb(80, 230), ..DISTRO },
    Row { repo: "cgr.dev/chainguard/busybox", shell: Some(Shell::Ash), programs: Programs::BusyBox, ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/glibc-dynamic", size: mb(7, 16), ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/go", kind: Toolchain, ecosystem: Some(Ecosystem::Go), user: Some("root"), shell: None, packages: Some(PackageManager::Apk), programs: Programs::Unknown, siblings: &[], ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/jdk", kind: Toolchain, ecosystem: Some(Ecosystem::Java), programs: Programs::Unknown, siblings: &[Sibling::Repo("cgr.dev/chainguard/jre")], ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/jre", kind: Runtime, ecosystem: Some(Ecosystem::Java), ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/node", needs: &["dev"], kind: Interpreter, ecosystem: Some(Ecosystem::Node), shell: None, packages: Some(PackageManager::Apk), programs: Programs::Unknown, ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/node", kind: Interpreter, ecosystem: Some(Ecosystem::Node), ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/python", needs: &["dev"], kind: Interpreter, ecosystem: Some(Ecosystem::Python), shell: None, packages: Some(PackageManager::Apk), programs: Programs::Unknown, ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/python", kind: Interpreter, ecosystem: Some(Ecosystem::Python), ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/rust", kind: Toolchain, ecosystem: Some(Ecosystem::Rust), shell: None, packages: Some(PackageManager::Apk), programs: Programs::Unknown, ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/static", size: mb(1, 2), ..CHAINGUARD },
    Row { repo: "cgr.dev/chainguard/wolfi-base", kind: Kind::Distro, user: Some("root"), shell: None, packages: None, programs: Programs::BusyBox, size: mb(6, 14), ..CHAINGUARD },
    Row { repo: "cimg/base", kind: Toolchain, ecosystem: Some(Ecosystem::C), origin: Origin::Some(Ubuntu), user: Some("circleci"), programs: BuildpackDeps, ..IMAGE },
    Row { repo: "cimg/go", kind: Toolchain, ecosystem: Some(Ecosystem::Go), origin: Origin::Some(Ubuntu), user: Some("circleci"), programs: BuildpackDeps, ..IMAGE },
    Row { repo: "cimg/node", kind: Toolchain, ecosystem: Some(Ecosystem::Node), origin: Origin::Some(Ubuntu), user: Some("circleci"), programs: BuildpackDeps, ..IMAGE },
    Row { repo: "cimg/openjdk", kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), user: Some("circleci"), programs: BuildpackDeps, ..IMAGE },
    Row { repo: "cimg/python", kind: Toolchain, ecosystem: Some(Ecosystem::Python), origin: Origin::Some(Ubuntu), user: Some("circleci"), programs: BuildpackDeps, ..IMAGE },
    Row { repo: "clojure", kind: Toolchain, ecosystem: Some(Ecosystem::Java), siblings: &[Sibling::TemurinJre], programs: Programs::Unknown, ..IMAGE },
    Row { repo: "clux/muslrust", kind: Toolchain, ecosystem: Some(Ecosystem::Rust), origin: Origin::Some(Ubuntu), workdir: Some("/volume"), programs: Programs::Curl, ..IMAGE },
    Row { repo: "composer", kind: Toolchain, ecosystem: Some(Ecosystem::Php), origin: Origin::Some(Alpine), workdir: Some("/app"), entrypoint: Some(&["/docker-entrypoint.sh"]), cmd: Some(&["composer"]), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "crystallang/crystal", needs: &["alpine"], kind: Toolchain, ecosystem: Some(Ecosystem::Crystal), origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "crystallang/crystal", kind: Toolchain, ecosystem: Some(Ecosystem::Crystal), origin: Origin::Some(Ubuntu), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "dart", kind: Toolchain, ecosystem: Some(Ecosystem::Dart), origin: Origin::Some(Debian), env: &[known("DART_SDK", "/usr/lib/dart"), known("PATH", "/usr/lib/dart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")], workdir: Some("/root"), programs: Programs::Unknown, size: mb(320, 850), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "debian", needs: &["slim"], origin: Origin::Itself(Debian, "13"), cmd: BASH, size: mb(29, 77), ..DISTRO },
    Row { repo: "debian", origin: Origin::Itself(Debian, "13"), cmd: BASH, size: mb(48, 120), siblings: &[Sibling::Slim(SlimPlace::Last)], ..DISTRO },
    Row { repo: "denoland/deno", needs: &["alpine"], kind: Interpreter, ecosystem: Some(Ecosystem::Deno), origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "denoland/deno", kind: Interpreter, ecosystem: Some(Ecosystem::Deno), origin: Origin::Some(Debian), programs: Programs::Unknown, size: mb(70, 200), ..IMAGE },
    Row { repo: "distroless/base", size: mb(9, 21), ..DISTROLESS },
    Row { repo: "distroless/base-nossl", size: mb(7, 15), ..DISTROLESS },
    Row { repo: "distroless/cc", size: mb(10, 24), ..DISTROLESS },
    Row { repo: "distroless/java", kind: Runtime, ecosystem: Some(Ecosystem::Java), entrypoint: Some(&["/usr/bin/java", "-jar"]), size: mb(80, 200), ..DISTROLESS },
    Row { repo: "distroless/java-base", size: mb(30, 60), ..DISTROLESS },
    Row { repo: "distroless/nodejs", kind: Interpreter, ecosystem: Some(Ecosystem::Node), entrypoint: Some(&["/nodejs/bin/node"]), size: mb(55, 150), ..DISTROLESS },
    Row { repo: "distroless/python3", kind: Interpreter, ecosystem: Some(Ecosystem::Python), entrypoint: Some(&["/usr/bin/python3"]), size: mb(20, 53), ..DISTROLESS },
    Row { repo: "distroless/static", size: mb(1, 2), ..DISTROLESS },
    Row { repo: "docker", origin: Origin::Some(Alpine), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["sh"]), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "eclipse-temurin", needs: &["jre", "alpine"], kind: Runtime, programs: Programs::BusyBox, size: mb(70, 190), siblings: &[], cmd: None, ..TEMURIN },
    Row { repo: "eclipse-temurin", needs: &["jre"], kind: Runtime, size: mb(95, 270), siblings: &[], cmd: None, ..TEMURIN },
    Row { repo: "eclipse-temurin", needs: &["alpine"], programs: Programs::BusyBox, size: mb(200, 340), ..TEMURIN },
    TEMURIN,
    Row { repo: "ekidd/rust-musl-builder", kind: Toolchain, ecosystem: Some(Ecosystem::Rust), origin: Origin::Some(Ubuntu), user: Some("rust"), workdir: Some("/home/rust/src"), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "elixir", needs: &["alpine"], kind: Toolchain, ecosystem: Some(Ecosystem::Elixir), origin: Origin::Some(Alpine), cmd: Some(&["iex"]), programs: Programs::BusyBox, size: mb(40, 100), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "elixir", needs: &["slim"], kind: Toolchain, ecosystem: Some(Ecosystem::Elixir), origin: Origin::Versions(&[((1, 15), (1, 18), Debian, "bookworm")]), env: &[PATH, varies("ELIXIR_VERSION"), known("LANG", "C.UTF-8"), varies("OTP_VERSION")], cmd: Some(&["iex"]), size: mb(130, 340), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "elixir", kind: Toolchain, ecosystem: Some(Ecosystem::Elixir), origin: Origin::Versions(&[((1, 15), (1, 18), Debian, "bookworm")]), env: &[PATH, varies("ELIXIR_VERSION"), known("LANG", "C.UTF-8"), varies("OTP_VERSION"), varies("REBAR3_VERSION")], cmd: Some(&["iex"]), programs: BuildpackDeps, size: mb(600, 1650), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "emscripten/emsdk", kind: Toolchain, ecosystem: Some(Ecosystem::C), origin: Origin::Some(Ubuntu), workdir: Some("/src"), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "erlang", needs: &["slim"], kind: Runtime, ecosystem: Some(Ecosystem::Erlang), origin: Origin::Versions(&[((26, 0), (28, ANY), Debian, "bookworm")]), cmd: Some(&["erl"]), size: mb(110, 300), ..DISTRO },
    Row { repo: "erlang", needs: &["alpine"], kind: Runtime, ecosystem: Some(Ecosystem::Erlang), origin: Origin::Some(Alpine), cmd: Some(&["erl"]), programs: Programs::BusyBox, size: mb(30, 85), ..DISTRO },
    Row { repo: "erlang", kind: Toolchain, ecosystem: Some(Ecosystem::Erlang), origin: Origin::Versions(&[((26, 0), (28, ANY), Debian, "bookworm")]), env: &[PATH, varies("OTP_VERSION"), varies("REBAR3_VERSION")], cmd: Some(&["erl"]), programs: BuildpackDeps, size: mb(580, 1550), siblings: &[Sibling::Slim(SlimPlace::Last), Sibling::Distro], ..DISTRO },
    Row { repo: "fedora", origin: Origin::Itself(Fedora, "42"), programs: Programs::Curl, size: mb(60, 165), ..DISTRO },
    Row { repo: "gcc", kind: Toolchain, ecosystem: Some(Ecosystem::C), origin: Origin::Versions(&[((12, 0), (14, ANY), Debian, "bookworm"), ((15, 0), (15, ANY), Debian, "trixie")]), cmd: BASH, programs: BuildpackDeps, size: mb(520, 1430), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "ghcr.io/gleam-lang/gleam", kind: Toolchain, ecosystem: Some(Ecosystem::Gleam), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "ghcr.io/graalvm/graalvm-community", kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Oracle), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "ghcr.io/graalvm/native-image-community", kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Oracle), programs: Programs::Unknown, ..IMAGE },
    Row { needs: &["alpine"], programs: Programs::BusyBox, cmd: BIN_SH, size: mb(80, 250), ..GO },
    GO,
    Row { repo: "gradle", needs: &["alpine"], kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Alpine), workdir: Some("/home/gradle"), env: &[varies("PATH"), known("JAVA_HOME", "/opt/java/openjdk"), known("GRADLE_HOME", "/opt/gradle"), varies("GRADLE_VERSION")], cmd: Some(&["gradle"]), programs: Programs::BusyBox, siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "gradle", kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), workdir: Some("/home/gradle"), env: &[varies("PATH"), known("JAVA_HOME", "/opt/java/openjdk"), known("GRADLE_HOME", "/opt/gradle"), varies("GRADLE_VERSION")], cmd: Some(&["gradle"]), programs: BuildpackDeps, size: mb(370, 800), siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "haproxy", programs: Programs::Unknown, ..IMAGE },
    Row { repo: "haskell", kind: Toolchain, ecosystem: Some(Ecosystem::Haskell), origin: Origin::Some(Debian), cmd: Some(&["ghci"]), programs: Programs::Unknown, size: mb(550, 1900), siblings: &[Sibling::Distro], ..DISTRO },
    Row { repo: "hexpm/elixir", kind: Toolchain, ecosystem: Some(Ecosystem::Elixir), programs: Programs::Plain, siblings: &[Sibling::Distro], ..IMAGE },
    Row { repo: "hexpm/erlang", kind: Toolchain, ecosystem: Some(Ecosystem::Erlang), programs: Programs::Plain, siblings: &[Sibling::Distro], ..IMAGE },
    Row { repo: "httpd", needs: &["alpine"], origin: Origin::Some(Alpine), workdir: Some("/usr/local/apache2"), entrypoint: NONE, cmd: Some(&["httpd-foreground"]), programs: Programs::BusyBox, size: mb(20, 60), ..SERVER },
    Row { repo: "httpd", origin: Origin::Some(Debian), workdir: Some("/usr/local/apache2"), entrypoint: NONE, cmd: Some(&["httpd-foreground"]), size: mb(45, 117), ..SERVER },
    Row { repo: "hugomods/hugo", kind: Toolchain, origin: Origin::Some(Alpine), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "ibm-semeru-runtimes", needs: &["jre"], kind: Runtime, ecosystem: Some(Ecosystem::Java), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "ibm-semeru-runtimes", programs: Programs::Unknown, ..OTHER_JDK },
    Row { repo: "jekyll/builder", kind: Toolchain, ecosystem: Some(Ecosystem::Ruby), origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "jekyll/jekyll", kind: Toolchain, ecosystem: Some(Ecosystem::Ruby), origin: Origin::Some(Alpine), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "julia", kind: Interpreter, ecosystem: Some(Ecosystem::Julia), origin: Origin::Some(Debian), cmd: Some(&["julia"]), size: mb(300, 800), ..DISTRO },
    Row { repo: "klakegg/hugo", kind: Toolchain, programs: Programs::Unknown, ..IMAGE },
    Row { repo: "mariadb", origin: Origin::Some(Ubuntu), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["mariadbd"]), size: mb(120, 400), ..SERVER },
    Row { repo: "maven", needs: &["alpine"], kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Alpine), entrypoint: Some(&["/usr/local/bin/mvn-entrypoint.sh"]), cmd: Some(&["mvn"]), env: &[varies("PATH"), varies("JAVA_HOME"), known("MAVEN_HOME", "/usr/share/maven"), known("MAVEN_CONFIG", "/root/.m2")], programs: Programs::BusyBox, siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "maven", kind: Toolchain, ecosystem: Some(Ecosystem::Java), entrypoint: Some(&["/usr/local/bin/mvn-entrypoint.sh"]), cmd: Some(&["mvn"]), env: &[varies("PATH"), varies("JAVA_HOME"), known("MAVEN_HOME", "/usr/share/maven"), known("MAVEN_CONFIG", "/root/.m2")], programs: Programs::Unknown, size: mb(260, 550), siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "mcr.microsoft.com/azurelinux/base/core", origin: Origin::Itself(AzureLinux, "3.0"), programs: Programs::Unknown, ..DISTRO },
    Row { repo: "mcr.microsoft.com/cbl-mariner/base/core", origin: Origin::Itself(AzureLinux, "2.0"), programs: Programs::Unknown, ..DISTRO },
    Row { repo: "mcr.microsoft.com/dotnet/aspnet", needs: &["chiseled"], size: mb(50, 115), ..CHISELED },
    Row { repo: "mcr.microsoft.com/dotnet/aspnet", needs: &["nanoserver"], origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/aspnet", needs: &["alpine"], programs: Programs::BusyBox, size: mb(50, 115), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/aspnet", size: mb(90, 225), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/framework/aspnet", origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/framework/runtime", origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/framework/sdk", kind: Toolchain, ecosystem: Some(Ecosystem::DotNet), origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/runtime", needs: &["chiseled"], size: mb(40, 90), ..CHISELED },
    Row { repo: "mcr.microsoft.com/dotnet/runtime", needs: &["nanoserver"], origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/runtime", needs: &["alpine"], programs: Programs::BusyBox, size: mb(38, 88), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/runtime", size: mb(75, 195), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/runtime-deps", needs: &["chiseled"], size: mb(6, 15), ..CHISELED },
    Row { repo: "mcr.microsoft.com/dotnet/runtime-deps", needs: &["alpine"], programs: Programs::BusyBox, size: mb(6, 14), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/runtime-deps", size: mb(46, 118), ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/sdk", needs: &["nanoserver"], kind: Toolchain, ecosystem: Some(Ecosystem::DotNet), origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/sdk", needs: &["windowsservercore"], kind: Toolchain, ecosystem: Some(Ecosystem::DotNet), origin: Origin::Windows, ..IMAGE },
    Row { repo: "mcr.microsoft.com/dotnet/sdk", needs: &["alpine"], kind: Toolchain, programs: Programs::BusyBox, size: mb(250, 660), siblings: &[Sibling::Repo("mcr.microsoft.com/dotnet/aspnet"), Sibling::Repo("mcr.microsoft.com/dotnet/runtime"), Sibling::Repo("mcr.microsoft.com/dotnet/runtime-deps")], ..DOTNET },
    Row { repo: "mcr.microsoft.com/dotnet/sdk", kind: Toolchain, programs: BuildpackDeps, size: mb(300, 850), siblings: &[Sibling::Repo("mcr.microsoft.com/dotnet/aspnet"), Sibling::Repo("mcr.microsoft.com/dotnet/runtime"), Sibling::Repo("mcr.microsoft.com/dotnet/runtime-deps")], ..DOTNET },
    Row { repo: "mcr.microsoft.com/openjdk/jdk", programs: Programs::Unknown, ..OTHER_JDK },
    Row { repo: "mcr.microsoft.com/powershell", programs: Programs::Unknown, ..IMAGE },
    Row { repo: "mcr.microsoft.com/windows", user: Some("ContainerAdministrator"), ..MSWINDOWS },
    Row { repo: "mcr.microsoft.com/windows/nanoserver", user: Some("ContainerUser"), ..MSWINDOWS },
    Row { repo: "mcr.microsoft.com/windows/server", user: Some("ContainerAdministrator"), ..MSWINDOWS },
    Row { repo: "mcr.microsoft.com/windows/servercore", user: Some("ContainerAdministrator"), ..MSWINDOWS },
    Row { repo: "memcached", needs: &["alpine"], origin: Origin::Some(Alpine), user: Some("memcache"), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "memcached", origin: Origin::Some(Debian), user: Some("memcache"), ..IMAGE },
    Row { repo: "messense/rust-musl-cross", kind: Toolchain, ecosystem: Some(Ecosystem::Rust), origin: Origin::Some(Ubuntu), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "microsoft/nanoserver", user: Some("ContainerUser"), ..MSWINDOWS },
    Row { repo: "microsoft/windowsservercore", user: Some("ContainerAdministrator"), ..MSWINDOWS },
    Row { repo: "mongo", origin: Origin::Versions(&[((5, 0), (5, 0), Ubuntu, "20.04"), ((6, 0), (7, 0), Ubuntu, "22.04"), ((8, 0), (8, 0), Ubuntu, "24.04")]), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["mongod"]), size: mb(280, 850), ..SERVER },
    Row { repo: "mysql", origin: Origin::Some(Oracle), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["mysqld"]), packages: Some(PackageManager::Microdnf), programs: Programs::Unknown, size: mb(180, 630), ..SERVER },
    Row { repo: "nginx", needs: &["alpine"], origin: Origin::Some(Alpine), workdir: Some("/"), entrypoint: Some(&["/docker-entrypoint.sh"]), cmd: Some(&["nginx", "-g", "daemon off;"]), env: &[PATH, varies("NGINX_VERSION"), varies("PKG_RELEASE"), varies("NJS_VERSION")], programs: Programs::BusyBoxCurl, size: mb(20, 50), ..SERVER },
    Row { repo: "nginx", origin: Origin::Versions(&[((1, 24), (1, 28), Debian, "bookworm"), ((1, 29), (1, 29), Debian, "trixie")]), workdir: Some("/"), entrypoint: Some(&["/docker-entrypoint.sh"]), cmd: Some(&["nginx", "-g", "daemon off;"]), env: &[PATH, varies("NGINX_VERSION"), varies("PKG_RELEASE"), varies("NJS_VERSION")], programs: Programs::Curl, size: mb(70, 190), ..SERVER },
    Row { repo: "nginxinc/nginx-unprivileged", kind: Runtime, user: Some("101"), workdir: Some("/"), entrypoint: Some(&["/docker-entrypoint.sh"]), cmd: Some(&["nginx", "-g", "daemon off;"]), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "nimlang/nim", kind: Toolchain, ecosystem: Some(Ecosystem::Nim), programs: Programs::Unknown, ..IMAGE },
    Row { needs: &["slim"], programs: Plain, size: mb(75, 220), siblings: &[], ..NODE },
    Row { needs: &["alpine"], programs: Programs::BusyBox, size: mb(52, 165), siblings: &[], ..NODE },
    NODE,
    Row { repo: "nvidia/cuda", needs: &["devel"], kind: Toolchain, ecosystem: Some(Ecosystem::C), programs: Programs::Unknown, size: mb(4000, 8500), siblings: &[Sibling::Part("devel", "runtime"), Sibling::Part("devel", "base")], ..IMAGE },
    Row { repo: "nvidia/cuda", programs: Programs::Unknown, ..IMAGE },
    Row { repo: "ocaml/opam", kind: Toolchain, ecosystem: Some(Ecosystem::OCaml), user: Some("opam"), programs: Programs::Unknown, siblings: &[Sibling::Distro], ..IMAGE },
    Row { repo: "openjdk", needs: &["jre"], kind: Runtime, ecosystem: Some(Ecosystem::Java), origin: Origin::Versions(&[((8, 0), (11, ANY), Debian, "bullseye")]), programs: Programs::Unknown, size: mb(120, 300), ..IMAGE },
    Row { repo: "openjdk", needs: &["slim"], kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Versions(&[((8, 0), (17, ANY), Debian, "bullseye")]), env: &[varies("PATH"), varies("JAVA_HOME"), known("LANG", "C.UTF-8"), varies("JAVA_VERSION")], workdir: Some("/"), user: Some("root"), entrypoint: NONE, cmd: Some(&["jshell"]), size: mb(220, 420), siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "openjdk", needs: &["alpine"], kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Alpine), programs: Programs::BusyBox, siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "openjdk", kind: Toolchain, ecosystem: Some(Ecosystem::Java), origin: Origin::Versions(&[((8, 0), (11, ANY), Debian, "bullseye"), ((12, 0), (18, ANY), Oracle, "8")]), env: &[varies("PATH"), varies("JAVA_HOME"), known("LANG", "C.UTF-8"), varies("JAVA_VERSION")], workdir: Some("/"), user: Some("root"), entrypoint: NONE, programs: Programs::Unknown, size: mb(240, 490), siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "opensuse/leap", origin: Origin::Itself(OpenSuse, "15.6"), programs: Programs::Curl, size: mb(45, 120), ..DISTRO },
    Row { repo: "opensuse/tumbleweed", origin: Origin::Assumed(OpenSuse, "rolling"), programs: Programs::Curl, size: mb(40, 100), ..DISTRO },
    Row { repo: "oraclelinux", needs: &["slim"], origin: Origin::Itself(Oracle, "9"), packages: Some(PackageManager::Microdnf), programs: Programs::Curl, size: mb(45, 115), ..DISTRO },
    Row { repo: "oraclelinux", origin: Origin::Itself(Oracle, "9"), programs: Programs::Curl, size: mb(90, 245), ..DISTRO },
    Row { repo: "oven/bun", needs: &["alpine"], kind: Interpreter, ecosystem: Some(Ecosystem::Bun), origin: Origin::Some(Alpine), workdir: Some("/home/bun/app"), programs: Programs::BusyBox, ..IMAGE },
    Row { repo: "oven/bun", needs: &["slim"], kind: Interpreter, ecosystem: Some(Ecosystem::Bun), origin: Origin::Some(Debian), workdir: Some("/home/bun/app"), size: mb(70, 190), ..IMAGE },
    Row { repo: "oven/bun", kind: Interpreter, ecosystem: Some(Ecosystem::Bun), origin: Origin::Some(Debian), workdir: Some("/home/bun/app"), programs: Programs::Unknown, size: mb(85, 230), siblings: &[Sibling::Slim(SlimPlace::Last)], ..IMAGE },
    Row { repo: "perl", needs: &["slim"], kind: Interpreter, ecosystem: Some(Ecosystem::Perl), origin: Origin::Some(Debian), cmd: Some(&["perl5", "-de0"]), size: mb(50, 140), workdir: Some("/usr/src/app"), ..DISTRO },
    Row { repo: "perl", kind: Interpreter, ecosystem: Some(Ecosystem::Perl), origin: Origin::Some(Debian), cmd: Some(&["perl5", "-de0"]), programs: BuildpackDeps, size: mb(360, 970), workdir: Some("/usr/src/app"), siblings: &[Sibling::Slim(SlimPlace::BeforeCodename)], ..DISTRO },
    Row { needs: &["alpine", "fpm"], origin: Origin::Some(Alpine), cmd: Some(&["php-fpm"]), workdir: Some("/var/www/html"), programs: Programs::BusyBoxCurl, size: mb(33, 90), ..PHP },
    Row { needs: &["alpine"], origin: Origin::Some(Alpine), programs: Programs::BusyBoxCurl, size: mb(40, 110), ..PHP },
    Row { needs: &["fpm"], cmd: Some(&["php-fpm"]), workdir: Some("/var/www/html"), size: mb(170, 480), ..PHP },
    Row { needs: &["apache"], cmd: Some(&["apache2-foreground"]), workdir: Some("/var/www/html"), size: mb(175, 500), ..PHP },
    PHP,
    Row { repo: "postgres", needs: &["alpine"], origin: Origin::Some(Alpine), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["postgres"]), programs: Programs::BusyBox, size: mb(105, 275), ..SERVER },
    Row { repo: "postgres", origin: Origin::Versions(&[((12, 0), (12, ANY), Debian, "bookworm"), ((13, 0), (18, ANY), Debian, "trixie")]), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["postgres"]), env: &[varies("PATH"), known("GOSU_VERSION", "1.19"), known("LANG", "en_US.utf8"), varies("PG_MAJOR"), varies("PG_VERSION"), varies("PGDATA")], size: mb(155, 440), ..SERVER },
    Row { needs: &["slim"], programs: Plain, size: mb(42, 125), siblings: &[], ..PYTHON },
    Row { needs: &["alpine"], programs: Programs::BusyBox, size: mb(17, 47), siblings: &[], ..PYTHON },
    PYTHON,
    Row { repo: "r-base", kind: Interpreter, ecosystem: Some(Ecosystem::R), origin: Origin::Some(Debian), cmd: Some(&["R"]), size: mb(330, 900), ..DISTRO },
    Row { repo: "rabbitmq", needs: &["alpine"], origin: Origin::Some(Alpine), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["rabbitmq-server"]), programs: Programs::BusyBox, ..SERVER },
    Row { repo: "rabbitmq", origin: Origin::Some(Ubuntu), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["rabbitmq-server"]), size: mb(100, 260), ..SERVER },
    Row { repo: "redis", needs: &["alpine"], origin: Origin::Some(Alpine), workdir: Some("/data"), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["redis-server"]), programs: Programs::BusyBox, size: mb(17, 45), ..SERVER },
    Row { repo: "redis", origin: Origin::Versions(&[((6, 2), (8, 2), Debian, "bookworm")]), workdir: Some("/data"), entrypoint: Some(&["docker-entrypoint.sh"]), cmd: Some(&["redis-server"]), size: mb(48, 130), ..SERVER },
    Row { repo: "registry", origin: Origin::Some(Alpine), programs: Programs::BusyBox, size: mb(10, 26), ..IMAGE },
    Row { repo: "rocker/r-ver", kind: Interpreter, ecosystem: Some(Ecosystem::R), origin: Origin::Some(Ubuntu), cmd: Some(&["R"]), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "rockylinux", needs: &["minimal"], origin: Origin::Itself(Rocky, "9"), packages: Some(PackageManager::Microdnf), programs: Programs::Curl, size: mb(45, 120), ..DISTRO },
    Row { repo: "rockylinux", origin: Origin::Itself(Rocky, "9"), programs: Programs::Curl, size: mb(65, 180), ..DISTRO },
    Row { repo: "rockylinux/rockylinux", needs: &["minimal"], origin: Origin::Itself(Rocky, "10"), packages: Some(PackageManager::Microdnf), programs: Programs::Curl, size: mb(45, 120), ..DISTRO },
    Row { repo: "rockylinux/rockylinux", origin: Origin::Itself(Rocky, "10"), programs: Programs::Curl, size: mb(65, 180), ..DISTRO },
    Row { needs: &["slim"], programs: Plain, size: mb(75, 210), siblings: &[], ..RUBY },
    Row { needs: &["alpine"], programs: Programs::BusyBox, size: mb(35, 95), siblings: &[], ..RUBY },
    RUBY,
    Row { needs: &["slim"], programs: Plain, size: mb(310, 830), ..RUST },
    Row { needs: &["alpine"], programs: Programs::BusyBox, cmd: BIN_SH, size: mb(310, 900), ..RUST },
    RUST,
    Row { repo: "sapmachine", needs: &["jre"], kind: Runtime, ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "sapmachine", origin: Origin::Some(Ubuntu), programs: Programs::Unknown, ..OTHER_JDK },
    Row { repo: "sbtscala/scala-sbt", kind: Toolchain, ecosystem: Some(Ecosystem::Java), programs: Programs::Unknown, siblings: &[Sibling::TemurinJre], ..IMAGE },
    Row { repo: "scratch", kind: Empty, origin: Origin::Nothing, env: &[PATH], user: Some("0"), cmd: NONE, shell: Some(Shell::None), packages: Some(PackageManager::None), programs: Programs::None, size: mb(0, 0), ..DISTRO },
    Row { repo: "silkeh/clang", kind: Toolchain, ecosystem: Some(Ecosystem::C), origin: Origin::Some(Debian), programs: Programs::Unknown, siblings: &[Sibling::Distro], ..IMAGE },
    Row { repo: "swift", needs: &["slim"], kind: Runtime, ecosystem: Some(Ecosystem::Swift), origin: Origin::Versions(&[((5, 7), (5, 10), Ubuntu, "22.04"), ((6, 0), (6, 2), Ubuntu, "24.04")]), size: mb(110, 310), ..DISTRO },
    Row { repo: "swift", kind: Toolchain, ecosystem: Some(Ecosystem::Swift), origin: Origin::Versions(&[((5, 7), (5, 10), Ubuntu, "22.04"), ((6, 0), (6, 2), Ubuntu, "24.04")]), programs: Programs::Unknown, size: mb(1000, 3100), siblings: &[Sibling::Slim(SlimPlace::Last), Sibling::Distro], ..DISTRO },
    Row { repo: "tomcat", needs: &["jre"], ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), workdir: Some("/usr/local/tomcat"), cmd: Some(&["catalina.sh", "run"]), programs: Programs::Unknown, ..IMAGE },
    Row { repo: "tomcat", ecosystem: Some(Ecosystem::Java), origin: Origin::Some(Ubuntu), workdir: Some("/usr/local/tomcat"), cmd: Some(&["catalina.sh", "run"]), programs: Programs::Unknown, size: mb(240, 500), ..IMAGE },
    Row { repo: "ubi", ..UBI },
    Row { repo: "ubi-init", size: mb(80, 230), ..UBI },
    Row { repo: "ubi-micro", kind: Minimal, packages: Some(PackageManager::None), programs: Programs::None, size: mb(8, 25), ..UBI },
    Row { repo: "ubi-minimal", packages: Some(PackageManager::Microdnf), size: mb(38, 100), ..UBI },
    Row { repo: "ubi/go-toolset", kind: Toolchain, ecosystem: Some(Ecosystem::Go), user: Some("1001"), workdir: Some("/opt/app-root/src"), env: &[], cmd: None, size: mb(400, 1150), ..UBI },
    Row { repo: "ubi/nodejs", kind: Interpreter, ecosystem: Some(Ecosystem::Node), user: Some("1001"), workdir: Some("/opt/app-root/src"), env: &[], cmd: None, size: mb(230, 650), ..UBI },
    Row { repo: "ubi/nodejs-minimal", kind: Interpreter, ecosystem: Some(Ecosystem::Node), user: Some("1001"), workdir: Some("/opt/app-root/src"), env: &[], cmd: None, packages: Some(PackageManager::Microdnf), size: mb(80, 240), ..UBI },
    Row { repo: "ubi/openjdk", kind: Toolchain, ecosystem: Some(Ecosystem::Java), user: Some("185"), workdir: None, env: &[], cmd: None, packages: Some(PackageManager::Microdnf), size: mb(140, 400), ..UBI },
    Row { repo: "ubi/openjdk-runtime", kind: Runtime, ecosystem: Some(Ecosystem::Java), user: Some("185"), workdir: None, env: &[], cmd: None, packages: Some(PackageManager::Microdnf), size: mb(130, 360), ..UBI },
    Row { repo: "ubi/python", kind: Interpreter, ecosystem: Some(Ecosystem::Python), user: Some("1001"), workdir: Some("/opt/app-root/src"), env: &[], cmd: None, size: mb(330, 950), ..UBI },
    Row { repo: "ubuntu", origin: Origin::Itself(Ubuntu, "24.04"), size: mb(30, 78), ..DISTRO },
];

/// The row that applies to a repository in its short form and a tag.
pub(super) fn find(repo: &str, has: impl Fn(&str) -> bool) -> Option<&'static Row> {
    let start = ROWS.partition_point(|row| row.repo < repo);
    ROWS[start..].iter().take_while(|row| row.repo == repo).find(|row| row.needs.iter().all(|part| has(part)))
}
