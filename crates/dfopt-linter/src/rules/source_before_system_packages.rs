//! `source-before-system-packages`

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// Sources are copied before packages of the system are installed, which do not need them.
    ///
    /// ## Why
    ///
    /// The builder takes a step from its cache as long as nothing before it has changed. With the sources copied first, every
    /// edit fetches and installs the same packages again.
    ///
    /// `dfopt fix --order-copies` proposes the order.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// COPY . /srv/app
    /// RUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*
    /// CMD ["/srv/app/run"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*
    /// COPY . /srv/app
    /// CMD ["/srv/app/run"]
    /// ```
    "source-before-system-packages" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        for copy in model.early_copies(stage) {
            // What installs the dependencies of the project hangs on the same copy, and is told with it.
            if !copy.dependencies.is_empty() || copy.packages.is_empty() {
                continue;
            }
            let mut report =
                ctx.report(&copy.source.word, "every edit of these sources installs the packages below again");
            for packages in &copy.packages {
                let place = packages.place();
                report = report.related(place, "needs none of the sources");
            }
            report.help("copy them behind the packages");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_copied_sources_are_marked() {
        check(
            &RULE,
            "
FROM debian:12
WORKDIR /app
COPY . .
     ^ every edit of these sources installs the packages below again
RUN apt-get update && apt-get install -y ffmpeg
RUN apt-get install -y tini
RUN ./setup
",
        );
    }

    #[test]
    fn packages_that_need_them_or_stand_before() {
        check_ok(&RULE, "FROM debian:12\nRUN apt-get install -y ffmpeg\nCOPY . /app\n");
        check_ok(&RULE, "FROM debian:12\nCOPY debs /debs\nRUN apt-get install -y /debs/x.deb ffmpeg\n");
        check_ok(&RULE, "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN apt-get install -y ffmpeg && ./configure\n");
        check_ok(&RULE, "FROM debian:12\nCOPY apt /etc/apt\nRUN apt-get install -y ffmpeg\n");
        check_ok(&RULE, "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN apt-get install -y ffmpeg\nRUN npm ci\n");
        check_ok(&RULE, "FROM debian:12\nCOPY app.conf /etc/\nRUN apt-get install -y ffmpeg\n");
    }
}
