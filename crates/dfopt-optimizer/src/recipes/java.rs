//! Java and its relatives: archives by Maven, Gradle and Ant, classes by `javac`; the development kit gives way to the runtime.

use dfopt_semantic::command::ecosystems::Ecosystem;
use dfopt_semantic::model::{Model, Stage};

use super::{Judgement, Made, Recipe, builds_with, in_trees, products, starts_from};
use crate::evidence::ImageFile;
use crate::split::projects::{self, Reads};

struct Java;

/// Images of development kits and of the tools that build with them.
const IMAGES: &[&str] = &[
    "maven",
    "gradle",
    "eclipse-temurin",
    "openjdk",
    "adoptopenjdk",
    "amazoncorretto",
    "sapmachine",
    "ibm-semeru-runtimes",
    "jdk",
    "zulu-openjdk",
    "liberica-openjdk-debian",
    "liberica-openjdk-alpine",
    "graalvm-community",
];

/// The recipe, if the stage builds with a tool of Java.
pub(super) fn recipe(model: &Model<'_>, stage: &Stage) -> Option<Box<dyn Recipe>> {
    let is_java = starts_from(model, stage, IMAGES) || builds_with(model, stage, Ecosystem::Java);
    is_java.then(|| Box::new(Java) as Box<dyn Recipe>)
}

impl Recipe for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn judge(&self, path: &str, file: &ImageFile) -> Option<Judgement> {
        let leave = |reason: &str| Some(Judgement::Leave(reason.into()));
        if in_trees(path, self.toolchain()) {
            return leave("the build tool");
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if file.step.is_none() && (matches!(name, "ct.sym" | "src.zip") || path.contains("/jmods/")) {
            return leave("of the development kit, for the compiler");
        }
        file.step?;
        if let Some(reason) = on_the_way(path, name) {
            return leave(reason);
        }
        if name.ends_with(".class") {
            return Some(Judgement::Keep("the virtual machine loads classes by name".into()));
        }
        projects::judge(path, file, Reads::Nothing)
    }

    fn made(&self, model: &Model<'_>, stage: &Stage) -> Option<Vec<Made>> {
        products(model, stage, Some(Ecosystem::Java))
    }

    fn toolchain(&self) -> &'static [&'static str] {
        &[
            "/usr/share/maven",
            "/opt/maven",
            "/opt/gradle",
            "/opt/ant",
            "/usr/share/ant",
            "/usr/share/gradle",
            "/usr/local/bin/mvn-entrypoint.sh",
        ]
    }
}

/// What Maven and Gradle make besides the archive.
fn on_the_way(path: &str, name: &str) -> Option<&'static str> {
    // Parts of the path below the directory that the tool writes to.
    let below = |output: &str| path.rsplit_once(&format!("/{output}/")).map(|(_, rest)| rest);
    let first = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    if let Some(rest) = below("target") {
        let made = [
            "classes",
            "test-classes",
            "maven-status",
            "maven-archiver",
            "generated-sources",
            "generated-test-sources",
            "surefire-reports",
            "failsafe-reports",
            "site",
            "antrun",
        ];
        if rest.contains('/') && made.contains(&first(rest).as_str()) {
            return Some("made by Maven on the way");
        }
    }
    if let Some(rest) = below("build") {
        let made = ["classes", "tmp", "generated", "reports", "test-results", "kotlin", "resources", "distributions"];
        if rest.contains('/') && made.contains(&first(rest).as_str()) {
            return Some("made by Gradle on the way");
        }
    }
    let is_archive = below("target").or_else(|| below("libs")).is_some();
    let beside = [".jar.original", ".war.original", "-sources.jar", "-javadoc.jar", "-tests.jar", "-plain.jar"];
    if is_archive && (beside.iter().any(|ending| name.ends_with(ending)) || name.starts_with("original-")) {
        return Some("an archive beside the one that is started");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_from_what_comes_before_them() {
        let on_the_way = |path: &str| on_the_way(path, path.rsplit('/').next().unwrap_or(path)).is_some();
        for path in [
            "/app/target/classes/A.class",
            "/app/target/app.jar.original",
            "/app/build/tmp/jar/MANIFEST.MF",
            "/app/build/libs/app-plain.jar",
            "/app/target/original-app.jar",
        ] {
            assert!(on_the_way(path), "{path}");
        }
        for path in ["/app/target/app.jar", "/app/build/libs/app.jar", "/app/src/A.class", "/app/target/classes"] {
            assert!(!on_the_way(path), "{path}");
        }
    }
}
