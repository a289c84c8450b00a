//! `deleted-in-later-layer`

use std::ops::Range;

use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Deletion, Model};
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity};

declare_rule! {
    /// What an earlier instruction added is deleted by a later one, and takes room all the same.
    ///
    /// ## Why
    ///
    /// Each instruction makes a layer, and layers are only ever added. A deletion hides files of the layers below; their bytes
    /// are stored and pulled as before. Delete in the `RUN` that adds, mount what is needed for a step, or use a build stage.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// ADD https://example.com/tool.deb /tmp/tool.deb
    /// RUN dpkg -i /tmp/tool.deb
    /// RUN rm /tmp/tool.deb
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13 AS download
    /// ADD https://example.com/tool.deb /tool.deb
    ///
    /// FROM debian:13
    /// RUN --mount=from=download,source=/tool.deb,target=/tmp/tool.deb dpkg -i /tmp/tool.deb
    /// ```
    "deleted-in-later-layer" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        for deletion in model.late_deletions(stage) {
            report(ctx, model, &deletion);
        }
    }
}

fn report(ctx: &mut Context<'_>, model: &Model<'_>, deletion: &Deletion) {
    let (message, added) = match deletion {
        Deletion::Path { path, .. } => (format!("the bytes of `{path}` stay in an earlier layer"), "added here"),
        Deletion::Package { name, .. } => (format!("the bytes of `{name}` stay in an earlier layer"), "installed here"),
        Deletion::Cache { cache, .. } => (format!("{} stays in an earlier layer", words(*cache)), "filled here"),
    };
    let (place, creator) = deletion.places();
    let mut report = ctx.report(range(place), message).related(range(creator), added);
    let is_copied = model.step_at(u32::into(creator.start)).is_some_and(|step| step.ast.copied().is_some());
    report = match is_copied {
        true => report.help("mount it into the step that needs it, or copy it in a build stage"),
        false => report.help("delete it in the same `RUN`"),
    };
    report.note("a deletion hides what layers below hold, it does not make them smaller");
}

fn words(cache: Cache) -> &'static str {
    match cache {
        Cache::AptLists => "what was fetched about packages",
        _ => "what the package manager kept",
    }
}

fn range(place: &Range<u32>) -> TextRange {
    place.place()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn files_packages_and_caches() {
        check(
            &RULE,
            "
FROM debian:12
COPY big.tar.gz /tmp/
RUN curl -fsSL -o /tmp/x.zip https://x/x.zip && git clone https://x/y /src
RUN apt-get update && apt-get install -y gcc curl
RUN tar xf /tmp/big.tar.gz -C / && rm /tmp/big.tar.gz && make -C /src install
                                      ^^^^^^^^^^^^^^^ the bytes of `/tmp/big.tar.gz` stay in an earlier layer
RUN rm -rf /src /tmp/*.zip && apt-get purge -y gcc && rm -rf /var/lib/apt/lists/*
           ^^^^ the bytes of `/src` stay in an earlier layer
                ^^^^^^^^^^ the bytes of `/tmp/x.zip` stay in an earlier layer
                                               ^^^ the bytes of `gcc` stay in an earlier layer
                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ what was fetched about packages stays in an earlier layer
",
        );
    }

    #[test]
    fn bytes_that_are_nowhere_else() {
        check_ok(&RULE, "FROM debian:12\nRUN curl -o /x https://x && rm /x\nRUN rm -f /x\n");
        check_ok(
            &RULE,
            "FROM nginx:1\nRUN rm /etc/nginx/conf.d/default.conf\nCOPY a.conf /etc/nginx/conf.d/default.conf\n",
        );
        check_ok(&RULE, "FROM debian:12\nCOPY . /app\nRUN npm ci && rm -rf /app/node_modules\n");
        check_ok(&RULE, "FROM debian:12\nRUN mkdir /x\nRUN rmdir /x\n");
        check_ok(
            &RULE,
            "FROM debian:12\nRUN --mount=type=cache,target=/c curl -o /c/x https://x\nRUN --mount=type=cache,target=/c rm /c/x\n",
        );
        check_ok(&RULE, "FROM debian:12 AS a\nCOPY x /x\nRUN rm /x\nFROM scratch\nCOPY --from=a /y /y\n");
        check_ok(&RULE, "FROM debian:12\nRUN apt-get purge -y perl\n");
    }
}
