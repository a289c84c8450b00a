//! `apt-install-without-update`

use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::packages::{Cleaned, Maintenance, Manager, PackageKind};
use dfopt_semantic::command::{Connector, Understood};
use dfopt_semantic::effects::PathPattern;
use dfopt_semantic::model::Step;
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// Packages are installed with `apt` although there are no package lists.
    ///
    /// ## Why
    ///
    /// Images of Debian and Ubuntu bring no package lists, so that `apt-get install` finds no package until `apt-get update` has fetched them. The
    /// build fails.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get install -y curl
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// ## Fix safety
    ///
    /// A build that went on found the package installed already; it may now get a newer one.
    "apt-install-without-update" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let ships_none = model.base_facts(stage).is_some_and(|facts| facts.cleans_apt());
        if !ships_none {
            continue;
        }
        let mut lists = Lists { are_there: false, is_open: false };
        for step in model.layers(stage) {
            match &step.ast {
                Instruction::Run(_) if model.has_error(step) => lists.is_open = true,
                Instruction::Run(_) => run(ctx, step, &mut lists, step.stage == Some(stage.index)),
                // It may bring lists, or sources of its own.
                Instruction::Copy(_) | Instruction::Add(_) => {
                    lists.is_open |= model.text_at(step.range()).contains("/var/lib/apt");
                }
                _ => {}
            }
        }
    }
}

struct Lists {
    are_there: bool,
    /// Something that cannot be read may have fetched them.
    is_open: bool,
}

fn run(ctx: &mut Context<'_>, step: &Step, lists: &mut Lists, is_told: bool) {
    let model = ctx.model();
    let is_mounted = model.mount_points(step).iter().any(|mount| mount.starts_with("/var/lib/apt"));
    if model.script(step).is_none_or(|script| !script.script.complete) {
        lists.is_open = true;
        return;
    }
    let mut found = None;
    visit(model, step, &mut |command, understood, at| match understood {
        Understood::PackageMaintenance(maintenance) if maintenance.manager == Manager::Apt => {
            match maintenance.action {
                Maintenance::Update => lists.are_there = true,
                Maintenance::Clean(Cleaned::Everything | Cleaned::Index) => lists.are_there = false,
                // Repositories are added with their lists.
                Maintenance::Configure if maintenance.tool.ends_with("apt-repository") => lists.are_there = true,
                _ => {}
            }
        }
        Understood::File(op) if op.action == FileAction::Remove => {
            let inside = PathPattern::literal("/var/lib/apt/lists/x");
            let removes = op.targets.iter().any(|target| {
                let pattern = at.state.pattern(*target);
                !pattern.is_any() && pattern.with_everything_below().covers(&inside)
            });
            lists.are_there &= !removes;
        }
        Understood::PackageInstall(install) if install.manager == Manager::Apt => {
            if install.tool.starts_with("install") || install.refreshes {
                lists.are_there = true;
                return;
            }
            let asks = install.packages.iter().any(|package| package.kind == PackageKind::Name);
            let is_known = !lists.are_there && !lists.is_open && !is_mounted && install.tool != "dpkg";
            if asks && is_known && found.is_none() && is_told {
                let Some(name) = command.name_word() else { return };
                let prefix = model.text_at(dfopt_syntax::TextRange::new(
                    at.invocation.range().start.into(),
                    TextSize::new(name.range.start.max(at.invocation.range().start)),
                ));
                let is_head =
                    matches!(at.invocation.connector_before, Connector::Start | Connector::And | Connector::Semi)
                        && at.invocation.subshells.is_empty()
                        && model.text_at(name.place()) == &*name.raw;
                let fix = is_head.then(|| (at.invocation.range().start, format!("{prefix}apt-get update && ")));
                found = Some((name.place().cover(install.verb.place()), fix));
            }
        }
        Understood::Unknown | Understood::Source(_) => lists.is_open = true,
        _ => {}
    });
    if let Some((place, fix)) = found {
        let report = ctx.report(place, "there are no package lists to find packages in");
        match fix {
            Some((at, text)) => report.fix("Fetch them first", |fix| fix.insert(at.into(), text)),
            None => report.help("run `apt-get update` before"),
        };
        // One is enough: with lists the others go well.
        lists.are_there = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_install_is_marked() {
        check(
            &RULE,
            "
FROM debian:13
RUN sudo apt-get install -y a && apt-get install -y b
         ^^^^^^^^^^^^^^^ there are no package lists to find packages in [fix]
RUN apt-get update && rm -rf /var/lib/apt/lists/*
RUN apt-get install -y c
    ^^^^^^^^^^^^^^^ there are no package lists to find packages in [fix]
",
        );
    }

    #[test]
    fn lists_or_no_need_of_them() {
        check_ok(
            &RULE,
            "
FROM debian:13
RUN apt-get install -y ./a.deb && dpkg -i b.deb
RUN apt-get update
RUN apt-get install -y a
FROM debian:13
RUN curl x | bash - && apt-get install -y a
FROM unknown/x
RUN apt-get install -y a
FROM debian:13
RUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y a
",
        );
    }

    #[test]
    fn they_are_fetched_first() {
        check_fix(
            &RULE,
            "FROM debian:13\nRUN sudo apt-get install -y a\n",
            "FROM debian:13\nRUN sudo apt-get update && sudo apt-get install -y a\n",
        );
    }
}
