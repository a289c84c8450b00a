//! Packages of distributions: which only building needs and why, which runtime package stands for a `-dev` one, and roughly what they weigh.
//!
//! The names and sizes are those of Debian 12 and Alpine 3.20 in 2024 (amd64); with a built image the image itself decides.

use super::packages::Manager;

/// Why a package is of use while building only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BuildOnly {
    /// A compiler or a linker.
    Compiler,
    /// Headers and link libraries.
    Headers,
    /// A build system or a generator.
    BuildSystem,
    /// A toolchain of a language.
    Toolchain,
    /// Version control.
    VersionControl,
    /// A tool to fetch, check or unpack during the build.
    BuildTool,
}

impl BuildOnly {
    /// The reason in a few words.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Compiler => "a compiler",
            Self::Headers => "headers to compile against",
            Self::BuildSystem => "a build system",
            Self::Toolchain => "a language toolchain",
            Self::VersionControl => "version control",
            Self::BuildTool => "a tool used while building",
        }
    }
}

/// The part a package plays in compiling, if that is all it is for; `None` for everything a program may need.
#[must_use]
pub fn compiler_package(manager: Manager, name: &str) -> Option<BuildOnly> {
    let starts = |stems: &[&str]| stems.iter().any(|stem| is_version_of(name, stem));
    let common = match name {
        "make" | "gmake" | "cmake" | "autoconf" | "automake" | "libtool" | "bison" | "flex" | "meson"
        | "pkg-config" | "pkgconf" | "ninja" | "ninja-build" | "samurai" | "scons" | "gperf" | "m4" | "swig"
        | "re2c" | "nasm" | "yasm" => Some(BuildOnly::BuildSystem),
        "rustc" | "cargo" | "rust" | "golang" | "go" | "node-gyp" | "maven" | "gradle" => Some(BuildOnly::Toolchain),
        _ => None,
    };
    if common.is_some() {
        return common;
    }
    match manager {
        Manager::Apt => {
            if name == "build-essential"
                || starts(&["gcc", "g++", "clang", "gfortran", "cpp", "llvm", "lld", "gnat"])
                || name == "binutils"
            {
                // `gcc-12-base` holds documentation that libgcc depends on.
                (!name.ends_with("-base")).then_some(BuildOnly::Compiler)
            } else if name.ends_with("-dev")
                || name.starts_with("linux-headers")
                || name == "libc-dev-bin"
                || name.ends_with("-headers")
            {
                Some(BuildOnly::Headers)
            } else if matches!(
                name,
                "dpkg-dev" | "debhelper" | "devscripts" | "fakeroot" | "dh-python" | "automake1.11" | "cmake-data"
            ) {
                Some(BuildOnly::BuildSystem)
            } else if name.starts_with("default-jdk")
                || (name.starts_with("openjdk-") && name.contains("-jdk"))
                || name.starts_with("golang-")
            {
                Some(BuildOnly::Toolchain)
            } else {
                None
            }
        }
        Manager::Apk | Manager::Opkg => {
            if matches!(name, "build-base" | "alpine-sdk" | "binutils")
                || starts(&["gcc", "g++", "clang", "gfortran", "llvm"])
            {
                (!name.ends_with("-libs")).then_some(BuildOnly::Compiler)
            } else if name.ends_with("-dev") || name.ends_with("-headers") {
                Some(BuildOnly::Headers)
            } else if name.starts_with("openjdk") && name.ends_with("-jdk") {
                Some(BuildOnly::Toolchain)
            } else {
                None
            }
        }
        Manager::Rpm | Manager::Zypper => {
            if starts(&["gcc", "clang", "llvm"])
                || name == "Development Tools"
                || name.eq_ignore_ascii_case("development-tools")
                || name == "devel_basis"
            {
                (!name.contains("-libs")).then_some(BuildOnly::Compiler)
            } else if name.ends_with("-devel") && name.starts_with("java-") {
                Some(BuildOnly::Toolchain)
            } else if name.ends_with("-devel") || name == "kernel-headers" || name == "glibc-headers" {
                Some(BuildOnly::Headers)
            } else if matches!(name, "rpm-build" | "redhat-rpm-config" | "rpmdevtools") {
                Some(BuildOnly::BuildSystem)
            } else {
                None
            }
        }
        Manager::Pacman => match name {
            "base-devel" | "gcc" | "clang" | "llvm" => Some(BuildOnly::Compiler),
            "jdk-openjdk" => Some(BuildOnly::Toolchain),
            _ if name.ends_with("-headers") => Some(BuildOnly::Headers),
            _ => None,
        },
    }
}

/// `gcc`, `gcc-12`, `gcc-c++`, `clang15`: the stem, then nothing, a version or more words.
fn is_version_of(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

/// A tool that fetches, checks or unpacks during a build, and that a program seldom runs.
#[must_use]
pub fn build_tool_package(name: &str) -> Option<BuildOnly> {
    match name {
        "git" | "git-lfs" | "subversion" | "mercurial" | "git-core" | "bzr" | "cvs" => Some(BuildOnly::VersionControl),
        "gnupg"
        | "gnupg2"
        | "gpg"
        | "dirmngr"
        | "software-properties-common"
        | "apt-transport-https"
        | "lsb-release"
        | "unzip"
        | "xz-utils"
        | "xz"
        | "patch"
        | "rsync"
        | "zip"
        | "bzip2"
        | "file"
        | "debconf-utils"
        | "apt-utils"
        | "patchutils"
        | "patchelf"
        | "libcap2-bin"
        | "libcap-utils"
        | "chrpath" => Some(BuildOnly::BuildTool),
        _ => None,
    }
}

/// Why a package need not be in the runtime stage, if it need not.
#[must_use]
pub fn build_only(manager: Manager, name: &str) -> Option<BuildOnly> {
    compiler_package(manager, name).or_else(|| build_tool_package(name))
}

/// Debian 12: a `-dev` package and the packages that programs linked against it need.
static DEBIAN_RUNTIME: &[(&str, &[&str])] = &[
    ("default-libmysqlclient-dev", &["libmariadb3"]),
    ("freetds-dev", &["libsybdb5"]),
    ("libaio-dev", &["libaio1"]),
    ("libapr1-dev", &["libapr1"]),
    ("libargon2-dev", &["libargon2-1"]),
    ("libavcodec-dev", &["libavcodec59"]),
    ("libavformat-dev", &["libavformat59"]),
    ("libavif-dev", &["libavif15"]),
    ("libblas-dev", &["libblas3"]),
    (
        "libboost-all-dev",
        &[
            "libboost-filesystem1.74.0",
            "libboost-program-options1.74.0",
            "libboost-regex1.74.0",
            "libboost-thread1.74.0",
        ],
    ),
    ("libbrotli-dev", &["libbrotli1"]),
    ("libbz2-dev", &["libbz2-1.0"]),
    ("libc-client-dev", &["libc-client2007e"]),
    ("libcairo2-dev", &["libcairo2"]),
    ("libcap-dev", &["libcap2"]),
    ("libcurl4-gnutls-dev", &["libcurl3-gnutls"]),
    ("libcurl4-openssl-dev", &["libcurl4"]),
    ("libdb-dev", &["libdb5.3"]),
    ("libedit-dev", &["libedit2"]),
    ("libev-dev", &["libev4"]),
    ("libevent-dev", &["libevent-2.1-7"]),
    ("libexpat1-dev", &["libexpat1"]),
    ("libffi-dev", &["libffi8"]),
    ("libfontconfig1-dev", &["libfontconfig1"]),
    ("libfreetype-dev", &["libfreetype6"]),
    ("libfreetype6-dev", &["libfreetype6"]),
    ("libgdal-dev", &["libgdal32"]),
    ("libgdbm-dev", &["libgdbm6"]),
    ("libgeos-dev", &["libgeos-c1v5"]),
    ("libgit2-dev", &["libgit2-1.5"]),
    ("libgl1-mesa-dev", &["libgl1"]),
    ("libglib2.0-dev", &["libglib2.0-0"]),
    ("libgmp-dev", &["libgmp10"]),
    ("libgnutls28-dev", &["libgnutls30"]),
    ("libgpgme-dev", &["libgpgme11"]),
    ("libgtk-3-dev", &["libgtk-3-0"]),
    ("libhdf5-dev", &["libhdf5-103-1"]),
    ("libicu-dev", &["libicu72"]),
    ("libjansson-dev", &["libjansson4"]),
    ("libjemalloc-dev", &["libjemalloc2"]),
    ("libjpeg-dev", &["libjpeg62-turbo"]),
    ("libjpeg62-turbo-dev", &["libjpeg62-turbo"]),
    ("libjson-c-dev", &["libjson-c5"]),
    ("libkrb5-dev", &["libkrb5-3", "libgssapi-krb5-2"]),
    ("liblapack-dev", &["liblapack3"]),
    ("libldap-dev", &["libldap-2.5-0"]),
    ("libldap2-dev", &["libldap-2.5-0"]),
    ("liblua5.3-dev", &["liblua5.3-0"]),
    ("liblz4-dev", &["liblz4-1"]),
    ("liblzma-dev", &["liblzma5"]),
    ("libmagic-dev", &["libmagic1"]),
    ("libmagickwand-dev", &["libmagickwand-6.q16-6"]),
    ("libmariadb-dev", &["libmariadb3"]),
    ("libmcrypt-dev", &["libmcrypt4"]),
    ("libmemcached-dev", &["libmemcached11", "libmemcachedutil2"]),
    ("libmicrohttpd-dev", &["libmicrohttpd12"]),
    ("libmosquitto-dev", &["libmosquitto1"]),
    ("libmpc-dev", &["libmpc3"]),
    ("libmpfr-dev", &["libmpfr6"]),
    ("libncurses-dev", &["libncurses6"]),
    ("libncurses5-dev", &["libncurses6"]),
    ("libncursesw5-dev", &["libncursesw6"]),
    ("libnghttp2-dev", &["libnghttp2-14"]),
    ("libnl-3-dev", &["libnl-3-200"]),
    ("libnuma-dev", &["libnuma1"]),
    ("libonig-dev", &["libonig5"]),
    ("libopenblas-dev", &["libopenblas0"]),
    ("libopencv-dev", &["libopencv-core406", "libopencv-imgproc406"]),
    ("libopus-dev", &["libopus0"]),
    ("libpam0g-dev", &["libpam0g"]),
    ("libpango1.0-dev", &["libpango-1.0-0", "libpangocairo-1.0-0"]),
    ("libpcap-dev", &["libpcap0.8"]),
    ("libpcre2-dev", &["libpcre2-8-0"]),
    ("libpcre3-dev", &["libpcre3"]),
    ("libpng-dev", &["libpng16-16"]),
    ("libpoppler-cpp-dev", &["libpoppler-cpp0v5"]),
    ("libpq-dev", &["libpq5"]),
    ("libproj-dev", &["libproj25"]),
    ("libprotobuf-dev", &["libprotobuf32"]),
    ("librabbitmq-dev", &["librabbitmq4"]),
    ("librdkafka-dev", &["librdkafka1"]),
    ("libreadline-dev", &["libreadline8"]),
    ("libsasl2-dev", &["libsasl2-2"]),
    ("libseccomp-dev", &["libseccomp2"]),
    ("libsndfile1-dev", &["libsndfile1"]),
    ("libsodium-dev", &["libsodium23"]),
    ("libsqlite3-dev", &["libsqlite3-0"]),
    ("libssh-dev", &["libssh-4"]),
    ("libssh2-1-dev", &["libssh2-1"]),
    ("libssl-dev", &["libssl3"]),
    ("libsystemd-dev", &["libsystemd0"]),
    ("libtidy-dev", &["libtidy5deb1"]),
    ("libtiff-dev", &["libtiff6"]),
    ("libudev-dev", &["libudev1"]),
    ("libunwind-dev", &["libunwind8"]),
    ("libusb-1.0-0-dev", &["libusb-1.0-0"]),
    ("libuv1-dev", &["libuv1"]),
    ("libvips-dev", &["libvips42"]),
    ("libvpx-dev", &["libvpx7"]),
    ("libwebp-dev", &["libwebp7"]),
    ("libx11-dev", &["libx11-6"]),
    ("libxml2-dev", &["libxml2"]),
    ("libxmlsec1-dev", &["libxmlsec1"]),
    ("libxpm-dev", &["libxpm4"]),
    ("libxslt1-dev", &["libxslt1.1"]),
    ("libyaml-dev", &["libyaml-0-2"]),
    ("libzbar-dev", &["libzbar0"]),
    ("libzip-dev", &["libzip4"]),
    ("libzmq3-dev", &["libzmq5"]),
    ("libzstd-dev", &["libzstd1"]),
    ("unixodbc-dev", &["unixodbc"]),
    ("uuid-dev", &["libuuid1"]),
    ("zlib1g-dev", &["zlib1g"]),
];

/// Alpine: exceptions to "`x-dev` needs `x`".
static ALPINE_RUNTIME: &[(&str, &[&str])] = &[
    ("boost-dev", &["boost-libs"]),
    ("bzip2-dev", &["libbz2"]),
    ("curl-dev", &["libcurl"]),
    ("expat-dev", &["libexpat"]),
    ("freetype-dev", &["freetype"]),
    ("gmp-dev", &["gmp"]),
    ("icu-dev", &["icu-libs", "icu-data-full"]),
    ("imagemagick-dev", &["imagemagick-libs"]),
    ("jpeg-dev", &["libjpeg-turbo"]),
    ("krb5-dev", &["krb5-libs"]),
    ("libc-dev", &[]),
    ("libevent-dev", &["libevent"]),
    ("libffi-dev", &["libffi"]),
    ("libjpeg-turbo-dev", &["libjpeg-turbo"]),
    ("libpq-dev", &["libpq"]),
    ("libressl-dev", &["libressl"]),
    ("linux-headers", &[]),
    ("mariadb-connector-c-dev", &["mariadb-connector-c"]),
    ("mariadb-dev", &["mariadb-connector-c"]),
    ("musl-dev", &[]),
    ("ncurses-dev", &["ncurses-libs"]),
    ("openldap-dev", &["libldap"]),
    ("openssl-dev", &["libssl3", "libcrypto3"]),
    ("postgresql-dev", &["libpq"]),
    ("python3-dev", &["python3"]),
    ("readline-dev", &["readline"]),
    ("sqlite-dev", &["sqlite-libs"]),
    ("util-linux-dev", &["libuuid", "libblkid"]),
    ("vips-dev", &["vips"]),
    ("xz-dev", &["xz-libs"]),
    ("zeromq-dev", &["libzmq"]),
    ("zlib-dev", &["zlib"]),
];

/// The packages that a program linked against a development package needs; a hint for plans made without an image. `None` if nothing is known.
#[must_use]
pub fn runtime_packages(manager: Manager, development: &str) -> Option<Vec<String>> {
    match manager {
        Manager::Apt => find(DEBIAN_RUNTIME, development),
        Manager::Apk => find(ALPINE_RUNTIME, development).or_else(|| {
            let stem = development.strip_suffix("-dev")?;
            (!stem.is_empty()).then(|| vec![stem.to_owned()])
        }),
        Manager::Rpm => {
            let stem = development.strip_suffix("-devel")?;
            Some(vec![match stem {
                "openssl" => "openssl-libs".to_owned(),
                "krb5" => "krb5-libs".to_owned(),
                "ncurses" => "ncurses-libs".to_owned(),
                "bzip2" => "bzip2-libs".to_owned(),
                "xz" => "xz-libs".to_owned(),
                "sqlite" => "sqlite-libs".to_owned(),
                other => other.to_owned(),
            }])
        }
        Manager::Zypper | Manager::Pacman | Manager::Opkg => None,
    }
}

fn find(table: &[(&str, &[&str])], name: &str) -> Option<Vec<String>> {
    let at = table.binary_search_by(|(known, _)| known.cmp(&name)).ok()?;
    table.get(at).map(|(_, packages)| packages.iter().map(|p| (*p).to_owned()).collect())
}

/// Megabytes that a package brings with what it pulls in, as installed without recommended packages.
static SIZES: &[(Manager, &str, u32)] = &[
    (Manager::Apt, "autoconf", 8),
    (Manager::Apt, "automake", 10),
    (Manager::Apt, "build-essential", 250),
    (Manager::Apt, "cargo", 480),
    (Manager::Apt, "clang", 400),
    (Manager::Apt, "cmake", 75),
    (Manager::Apt, "default-jdk", 420),
    (Manager::Apt, "default-jdk-headless", 350),
    (Manager::Apt, "g++", 230),
    (Manager::Apt, "gcc", 170),
    (Manager::Apt, "gfortran", 200),
    (Manager::Apt, "git", 90),
    (Manager::Apt, "gnupg", 14),
    (Manager::Apt, "golang", 460),
    (Manager::Apt, "libboost-all-dev", 320),
    (Manager::Apt, "libssl-dev", 13),
    (Manager::Apt, "linux-headers", 60),
    (Manager::Apt, "llvm", 300),
    (Manager::Apt, "make", 2),
    (Manager::Apt, "maven", 40),
    (Manager::Apt, "mercurial", 45),
    (Manager::Apt, "nodejs", 180),
    (Manager::Apt, "openjdk-17-jdk", 420),
    (Manager::Apt, "openjdk-17-jdk-headless", 350),
    (Manager::Apt, "pkg-config", 1),
    (Manager::Apt, "python3-dev", 45),
    (Manager::Apt, "rustc", 440),
    (Manager::Apt, "software-properties-common", 60),
    (Manager::Apt, "subversion", 25),
    (Manager::Apk, "alpine-sdk", 240),
    (Manager::Apk, "build-base", 220),
    (Manager::Apk, "cargo", 600),
    (Manager::Apk, "clang", 350),
    (Manager::Apk, "cmake", 45),
    (Manager::Apk, "g++", 200),
    (Manager::Apk, "gcc", 140),
    (Manager::Apk, "git", 12),
    (Manager::Apk, "go", 290),
    (Manager::Apk, "libc-dev", 11),
    (Manager::Apk, "linux-headers", 9),
    (Manager::Apk, "make", 1),
    (Manager::Apk, "musl-dev", 11),
    (Manager::Apk, "openjdk17-jdk", 290),
    (Manager::Apk, "openssl-dev", 8),
    (Manager::Apk, "python3-dev", 60),
    (Manager::Apk, "rust", 550),
    (Manager::Rpm, "Development Tools", 500),
    (Manager::Rpm, "cmake", 60),
    (Manager::Rpm, "gcc", 150),
    (Manager::Rpm, "gcc-c++", 200),
    (Manager::Rpm, "git", 60),
    (Manager::Rpm, "golang", 500),
    (Manager::Rpm, "make", 2),
    (Manager::Rpm, "rust", 500),
];

/// Roughly what a package weighs with what it pulls in, in megabytes; `None` if nothing is known.
#[must_use]
pub fn rough_megabytes(manager: Manager, name: &str) -> Option<u32> {
    let exact = |name: &str| SIZES.iter().find(|(m, n, _)| *m == manager && *n == name).map(|(_, _, size)| *size);
    // `gcc-12` weighs what `gcc` does.
    exact(name).or_else(|| {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let stem = stem.strip_suffix('-').unwrap_or(stem);
        exact(stem).or_else(|| (name.ends_with("-dev") || name.ends_with("-devel")).then_some(3))
    })
}

/// Roughly what a set of packages weighs: the heaviest of those that share their parts, and the rest.
#[must_use]
pub fn rough_megabytes_together<'n>(manager: Manager, names: impl IntoIterator<Item = &'n str>) -> u32 {
    let mut compilers = 0;
    let mut others = 0;
    for name in names {
        let size = rough_megabytes(manager, name).unwrap_or(0);
        match compiler_package(manager, name) {
            Some(BuildOnly::Compiler) => compilers = compilers.max(size),
            _ => others += size,
        }
    }
    compilers + others
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(DEBIAN_RUNTIME.is_sorted_by_key(|(name, _)| *name));
        assert!(ALPINE_RUNTIME.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn what_is_build_only() {
        for (manager, name, want) in [
            (Manager::Apt, "build-essential", Some(BuildOnly::Compiler)),
            (Manager::Apt, "gcc-12", Some(BuildOnly::Compiler)),
            (Manager::Apt, "gcc-12-base", None),
            (Manager::Apt, "g++", Some(BuildOnly::Compiler)),
            (Manager::Apt, "libgcc-s1", None),
            (Manager::Apt, "libpq-dev", Some(BuildOnly::Headers)),
            (Manager::Apt, "libpq5", None),
            (Manager::Apt, "openjdk-17-jdk-headless", Some(BuildOnly::Toolchain)),
            (Manager::Apt, "openjdk-17-jre", None),
            (Manager::Apt, "git", Some(BuildOnly::VersionControl)),
            (Manager::Apt, "curl", None),
            (Manager::Apt, "ffmpeg", None),
            (Manager::Apk, "build-base", Some(BuildOnly::Compiler)),
            (Manager::Apk, "musl-dev", Some(BuildOnly::Headers)),
            (Manager::Apk, "linux-headers", Some(BuildOnly::Headers)),
            (Manager::Apk, "go", Some(BuildOnly::Toolchain)),
            (Manager::Apk, "libstdc++", None),
            (Manager::Rpm, "gcc-c++", Some(BuildOnly::Compiler)),
            (Manager::Rpm, "openssl-devel", Some(BuildOnly::Headers)),
            (Manager::Rpm, "java-17-openjdk-devel", Some(BuildOnly::Toolchain)),
            (Manager::Rpm, "httpd", None),
        ] {
            assert_eq!(build_only(manager, name), want, "{name}");
        }
    }

    #[test]
    fn runtime_hints_and_sizes() {
        let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(runtime_packages(Manager::Apt, "libpq-dev"), list(&["libpq5"]));
        assert_eq!(runtime_packages(Manager::Apt, "libunheardof-dev"), None);
        assert_eq!(runtime_packages(Manager::Apk, "icu-dev"), list(&["icu-libs", "icu-data-full"]));
        assert_eq!(runtime_packages(Manager::Apk, "libxslt-dev"), list(&["libxslt"]));
        assert_eq!(runtime_packages(Manager::Apk, "musl-dev"), list(&[]));
        assert_eq!(runtime_packages(Manager::Rpm, "openssl-devel"), list(&["openssl-libs"]));
        assert_eq!(rough_megabytes(Manager::Apt, "gcc-12"), Some(170));
        assert_eq!(rough_megabytes(Manager::Apt, "curl"), None);
        assert_eq!(rough_megabytes_together(Manager::Apt, ["gcc", "build-essential", "git"]), 340);
    }
}
