//! `maven-cache-in-layer`

use dfopt_semantic::effects::caches::Cache;

use crate::leftover::{self, Leftover};
use crate::rule::declare_rule;
use crate::{Category, Context, Severity};

declare_rule! {
    /// The downloads of a build tool stay in the image.
    ///
    /// ## Why
    ///
    /// Maven, Gradle, sbt and NuGet keep all that a build needed, plugins and compilers too: often more than the program. A build stage leaves
    /// it behind; so does a cache mount.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y maven
    /// COPY . /src
    /// RUN mvn -f /src package
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y maven
    /// COPY . /src
    /// RUN mvn -f /src package && rm -rf /root/.m2
    /// ```
    "maven-cache-in-layer" {
        category: Category::Size,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

static LEFTOVER: Leftover = Leftover {
    caches: &[Cache::Maven, Cache::Gradle, Cache::Sbt, Cache::Nuget],
    message: "the downloads of the build tool stay in the image",
    clean: None,
    help: "build in a stage of its own, or mount a cache on `~/.m2`, `~/.gradle`, `~/.ivy2` or `~/.nuget/packages`",
};

fn check(ctx: &mut Context<'_>) {
    leftover::check_but_toolchains(ctx, &LEFTOVER);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_last_command_is_marked() {
        check(
            &RULE,
            "
FROM debian:13
RUN mvn package
    ^^^^^^^^^^^ the downloads of the build tool stay in the image
RUN gradle build
    ^^^^^^^^^^^^ the downloads of the build tool stay in the image
",
        );
    }

    #[test]
    fn cleaned_mounted_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM maven
RUN mvn package
FROM debian:13
RUN mvn package && rm -rf ~/.m2
RUN --mount=type=cache,target=/root/.m2 mvn package
RUN mvn --version
",
        );
    }
}
