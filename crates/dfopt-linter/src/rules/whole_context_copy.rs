//! `whole-context-copy`

use crate::rule::declare_rule;
use crate::{ByDefault, Category, Context, Severity};

declare_rule! {
    /// The whole build context is copied into the image.
    ///
    /// ## Why
    ///
    /// What somebody adds to the folder tomorrow, a file with secrets too, is in the next image. Naming what the program needs keeps
    /// everything else out, and lets a change of the rest reuse the cache.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// WORKDIR /app
    /// COPY . .
    /// CMD ["node", "src/main.js"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24-slim
    /// WORKDIR /app
    /// COPY src ./src
    /// CMD ["node", "src/main.js"]
    /// ```
    "whole-context-copy" {
        category: Category::Policy,
        severity: Severity::Info,
        fix: None,
        aliases: &["S6470", "DF007"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| model.stage_of(step).is_some_and(|stage| stage.is_shipped())) {
        for source in model.context_sources(step).iter().filter(|source| source.path == ".") {
            ctx.report(&source.word, "everything in the build context")
                .help("name the files and folders that the image needs");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_root_of_the_context_is_marked() {
        check(
            &RULE,
            "
FROM a
COPY --chown=1 . /app
               ^ everything in the build context
ADD [\"./\", \"/app/\"]
     ^^^^ everything in the build context
COPY src/.. /app
     ^^^^^^ everything in the build context
",
        );
        check_ok(&RULE, "FROM a AS build\nCOPY . .\nFROM b\nCOPY --from=build . /x\nCOPY src /x\nCOPY $X /x\n");
    }
}
