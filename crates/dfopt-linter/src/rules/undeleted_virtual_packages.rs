//! `undeleted-virtual-packages`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::packages::Manager;
use dfopt_syntax::TextRange;

use crate::rule::declare_rule;
use crate::runs::{steps, visit};
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// Packages are installed under one name that nobody deletes.
    ///
    /// ## Why
    ///
    /// `apk add --virtual` gives packages one name so that one command can delete them after the build. Without that command they stay in the image.
    /// In a later `RUN` it comes too late: the layer keeps them.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache --virtual .build gcc musl-dev \
    ///  && cc -o /hello hello.c
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache --virtual .build gcc musl-dev \
    ///  && cc -o /hello hello.c \
    ///  && apk del .build
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A program in the image may need one of the packages.
    "undeleted-virtual-packages" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in steps(model).filter(|step| model.stage_of(step).is_some_and(|stage| stage.is_shipped())) {
        let mut open: Vec<(String, TextRange)> = Vec::new();
        let mut is_unknown = false;
        visit(model, step, &mut |_, understood, at| match understood {
            Understood::PackageInstall(install) if install.manager == Manager::Apk && install.root.is_none() => {
                if let Some(name) = install.virtual_name
                    && let Some(text) = name.resolve(&|variable: &str| at.state.lookup(variable))
                {
                    open.push((text, name.word.range.place()));
                }
            }
            Understood::PackageRemove(remove) if remove.manager == Manager::Apk => {
                is_unknown |= !remove.complete;
                open.retain(|(name, _)| {
                    !remove.packages.iter().any(|package| package.word.text() == Some(name) || *package.name == **name)
                });
            }
            _ => {}
        });
        // What a program needs to run is meant to stay.
        open.retain(|(name, _)| !is_unknown && !name.contains("run") && !name.is_empty());
        for (name, place) in open {
            let fix = model.appended(step, &format!("apk del {name}"));
            let report = ctx.report(place, format!("the packages of `{name}` stay in the image"));
            match fix {
                Some((at, text)) => report.fix("Delete them in the same `RUN`", |fix| fix.insert(at, text)),
                None => report.help(format!("end the `RUN` with `apk del {name}`")),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_name_is_marked() {
        check(
            &RULE,
            "
FROM alpine
RUN apk add --virtual .build gcc && make
                      ^^^^^^ the packages of `.build` stay in the image [fix]
RUN apk add -t .x a; apk del .y
               ^^ the packages of `.x` stay in the image
",
        );
    }

    #[test]
    fn deleted_meant_or_left_behind() {
        check_ok(
            &RULE,
            "
FROM alpine AS a
RUN apk add -t .x a
FROM alpine
RUN apk add --virtual=.x a && make && apk del .x
RUN apk add --virtual .run-deps $DEPS
RUN apk add -t .x a && apk del $WHAT
COPY --from=a /x /x
",
        );
    }

    #[test]
    fn they_are_deleted_at_the_end() {
        check_fix(
            &RULE,
            "FROM alpine\nRUN apk add -t .x a && make\n",
            "FROM alpine\nRUN apk add -t .x a && make && apk del .x\n",
        );
    }
}
