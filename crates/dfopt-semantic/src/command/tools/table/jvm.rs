//! Tools of the JVM and of .NET.

use super::super::super::options::{Spec, Style};
use super::super::Action::{self, Build, Clean, Configure, Fetch, InstallDependencies, Query, Run, Start, Test};
use super::{Goals, Tool, ToolSpec, always, gnu, one_dash, row};

const MAVEN: Spec = gnu(
    "fsPplTbtgo",
    "D",
    &["file", "settings", "global-settings", "projects", "activate-profiles", "threads", "log-file", "toolchains"],
);

const GRADLE: Spec = gnu(
    "bcpgxPIDM",
    "",
    &[
        "build-file",
        "settings-file",
        "project-dir",
        "gradle-user-home",
        "exclude-task",
        "init-script",
        "console",
        "max-workers",
        "project-cache-dir",
        "include-build",
        "warning-mode",
    ],
);

const DOTNET: Spec = gnu(
    "cofrvpas",
    "",
    &[
        "configuration",
        "output",
        "framework",
        "runtime",
        "verbosity",
        "source",
        "arch",
        "os",
        "configfile",
        "packages",
        "version-suffix",
        "tool-path",
        "version",
        "add-source",
        "self-contained",
    ],
);

const JAVAC: Spec = Spec {
    style: Style::OneDash,
    short: "dsh",
    attached: "",
    long: &[
        "d",
        "cp",
        "classpath",
        "-classpath",
        "class-path",
        "-class-path",
        "sourcepath",
        "source",
        "target",
        "release",
        "-release",
        "module-path",
        "p",
        "processorpath",
        "encoding",
        "s",
        "h",
        "source-path",
        "add-modules",
        "-module-path",
        "o",
        "H",
        "Xmx",
    ],
};

const VERBS_GRADLE: &[(&str, Action)] = &[
    ("build*", Build),
    ("assemble*", Build),
    ("bootJar", Build),
    ("bootWar", Build),
    ("shadowJar", Build),
    ("jar", Build),
    ("war", Build),
    ("fatJar", Build),
    ("uberJar", Build),
    ("installDist", Build),
    ("installBootDist", Build),
    ("installShadowDist", Build),
    ("dist*", Build),
    ("nativeCompile", Build),
    ("quarkusBuild", Build),
    ("publish*", Build),
    ("classes", Build),
    ("compile*", Build),
    ("jlink", Build),
    ("jpackage", Build),
    ("optimizedJitJarAll", Build),
    ("test", Test),
    ("check", Test),
    ("bootRun", Start),
    ("run", Start),
    ("quarkusDev", Start),
    ("clean", Clean),
    ("dependencies", Fetch),
    ("resolve*", Fetch),
    ("download*", Fetch),
    ("wrapper", Configure),
    ("tasks", Query),
    ("properties", Query),
    ("projects", Query),
    ("help", Query),
    ("--version", Query),
];

const VERBS_MAVEN: &[(&str, Action)] = &[
    ("package", Build),
    ("verify", Build),
    ("install", Build),
    ("deploy", Build),
    ("compile", Build),
    ("test-compile", Build),
    ("process-resources", Build),
    ("assembly:*", Build),
    ("spring-boot:repackage", Build),
    ("spring-boot:build*", Build),
    ("jar:jar", Build),
    ("war:war", Build),
    ("shade:shade", Build),
    ("native:*", Build),
    ("prepare-package", Build),
    ("test", Test),
    ("spring-boot:run", Start),
    ("quarkus:dev", Start),
    ("exec:*", Start),
    ("jetty:run", Start),
    ("tomcat7:run", Start),
    ("clean", Clean),
    ("dependency:copy*", Build),
    ("dependency:build-classpath", Fetch),
    ("dependency:*", Fetch),
    ("de.qaware.maven:*", Fetch),
    ("org.apache.maven.plugins:maven-dependency-plugin*", Fetch),
    ("validate", Query),
    ("help:*", Query),
    ("versions:*", Configure),
    ("wrapper:*", Configure),
    ("initialize", Query),
];

pub(super) static TOOLS: &[ToolSpec] = &[
    ToolSpec {
        other: Build,
        bare: Build,
        directory: &["-f", "--file"],
        ..row(&["mvn", "mvnw", "mvnd", "./mvnw"], Tool::Maven, MAVEN, Goals::All, VERBS_MAVEN)
    },
    ToolSpec {
        other: Build,
        bare: Build,
        directory: &["-p", "--project-dir"],
        ..row(&["gradle", "gradlew"], Tool::Gradle, GRADLE, Goals::All, VERBS_GRADLE)
    },
    ToolSpec {
        other: Build,
        bare: Build,
        ..row(
            &["ant"],
            Tool::Ant,
            one_dash(&["f", "file", "buildfile", "lib", "D"]),
            Goals::All,
            &[("clean", Clean), ("test", Test)],
        )
    },
    ToolSpec {
        other: Build,
        bare: Start,
        ..row(
            &["sbt"],
            Tool::Sbt,
            one_dash(&["mem", "jvm-debug", "sbt-dir", "ivy", "java-home"]),
            Goals::All,
            &[
                ("update", Fetch),
                ("clean", Clean),
                ("test", Test),
                ("run", Start),
                ("reload", Query),
                ("compile", Build),
                ("sbtVersion", Query),
                ("about", Query),
                ("exit", Query),
            ],
        )
    },
    ToolSpec {
        other: Run,
        ..row(
            &["lein"],
            Tool::Leiningen,
            gnu("", "", &[]),
            Goals::Verb,
            &[
                ("deps", Fetch),
                ("uberjar", Build),
                ("jar", Build),
                ("ring uberjar", Build),
                ("compile", Build),
                ("test", Test),
                ("run", Start),
                ("clean", Clean),
                ("version", Query),
            ],
        )
    },
    row(
        &["clojure", "clj"],
        Tool::Clojure,
        one_dash(&["Sdeps", "e"]),
        Goals::Options(&[
            ("-P", Fetch),
            ("-T:build", Build),
            ("-X:uberjar", Build),
            ("-M:uberjar", Build),
            ("-X:build", Build),
            ("", Run),
        ]),
        &[],
    ),
    ToolSpec {
        output: &["-d"],
        ..row(
            &["javac", "groovyc", "scalac", "ecj"],
            Tool::Javac,
            JAVAC,
            Goals::Options(&[("-version", Query), ("--version", Query), ("", Build)]),
            &[],
        )
    },
    ToolSpec {
        output: &["-d"],
        ..row(
            &["kotlinc", "kotlinc-native"],
            Tool::Kotlinc,
            JAVAC,
            Goals::Options(&[("-version", Query), ("", Build)]),
            &[],
        )
    },
    ToolSpec {
        output: &["-o"],
        ..row(&["native-image"], Tool::NativeImage, JAVAC, Goals::Options(&[("--version", Query), ("", Build)]), &[])
    },
    ToolSpec {
        output: &["--output"],
        ..always(
            &["jlink", "jpackage"],
            Tool::Jlink,
            gnu("pd", "", &["output", "module-path", "add-modules", "compress", "dest", "name", "input", "main-jar"]),
            Build,
        )
    },
    always(&["jar"], Tool::Jar, gnu("fCm", "", &["file", "manifest"]), Build),
    always(&["jdeps", "jps", "jcmd", "javap"], Tool::Jar, one_dash(&["cp", "classpath", "module-path"]), Query),
    ToolSpec {
        output: &["-o", "--output"],
        ..row(
            &["dotnet"],
            Tool::Dotnet,
            DOTNET,
            Goals::Verb,
            &[
                ("restore", Fetch),
                ("build", Build),
                ("publish", Build),
                ("pack", Build),
                ("msbuild", Build),
                ("run", Start),
                ("watch", Start),
                ("test", Test),
                ("vstest", Test),
                ("clean", Clean),
                ("tool restore", Fetch),
                ("tool install", InstallDependencies),
                ("workload", InstallDependencies),
                ("workload install", InstallDependencies),
                ("workload restore", InstallDependencies),
                ("nuget", Configure),
                ("dev-certs", Configure),
                ("add", Configure),
                ("new", Configure),
                ("sln", Configure),
                ("ef", Run),
                ("nuget locals", Clean),
            ],
        )
    },
];
