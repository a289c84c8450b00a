//! `apt-update-apart-from-install`

use dfopt_semantic::command::packages::{Maintenance, Manager};
use dfopt_semantic::command::{Connector, Understood, Word};
use dfopt_semantic::effects::caches::Cache;
use dfopt_semantic::model::{Base, Model, Stage, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// The package lists are fetched in another `RUN` than the packages.
    ///
    /// ## Why
    ///
    /// The builder takes the lists from its cache as long as that instruction stays the same. When packages are added months later, they are
    /// looked up in old lists: the versions named there are gone, and the build fails or installs what has known holes.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN apt-get update
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
    /// Newer versions may be installed than those in the cached lists. Instructions between the two no longer see the lists.
    "apt-update-apart-from-install" {
        category: Category::Cache,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["DS-0017", "CKV_DOCKER_5", "DF028", "CIS-DI-0007"],
        since: "0.1.0",
        check: check,
    }
}

/// A command that fetches lists and nothing that uses them in the same instruction.
struct Update<'m> {
    step: &'m Step,
    manager: Manager,
    tool: String,
    place: TextRange,
    /// Where the command starts, what wraps it included.
    start: TextSize,
    is_alone: bool,
}

/// A command that takes packages from lists.
struct Install<'m> {
    step: &'m Step,
    manager: Manager,
    place: TextRange,
    start: TextSize,
    is_head: bool,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        for update in updates(model, stage) {
            let children: Vec<&Stage> = users(model, stage);
            let later = std::iter::once(stage).chain(children.iter().copied());
            let installs: Vec<Install<'_>> = later
                .flat_map(|stage| installs(model, stage, &update))
                .filter(|one| one.manager == update.manager)
                .collect();
            let tool = &update.tool;
            let report = ctx.report(update.place, "these lists are old when a later `RUN` uses them from the cache");
            let Some(first) = installs.first() else {
                report.note(format!("no `{tool}` command of the file uses them")).severity(Severity::Info);
                continue;
            };
            let several = installs.iter().filter_map(|one| one.step.stage).collect::<std::collections::BTreeSet<_>>();
            let is_common = !several.contains(&stage.index) && several.len() > 1;
            let mut report = report.related(first.place, "they are used here");
            if is_common {
                report = report.severity(Severity::Info);
            }
            let is_here = first.step.stage == Some(stage.index);
            match whole_line(model, update.step).filter(|_| update.is_alone && first.is_head && is_here) {
                Some(line) => {
                    let command = model.text_at(TextRange::new(update.start, update.place.end())).to_owned();
                    report.fix("Move it to the installation", |fix| {
                        fix.delete(line);
                        fix.insert(first.start, format!("{command} && "));
                    });
                }
                None => {
                    report.help(format!("put `{tool} update &&` before the installation"));
                }
            }
        }
    }
}

/// The stages that are built from another, at any depth.
fn users<'m>(model: &'m Model<'_>, stage: &Stage) -> Vec<&'m Stage> {
    let later = model.stages().iter().filter(|other| other.index > stage.index);
    later
        .filter(|other| {
            matches!(other.base, Base::Stage(_)) && model.chain(other).any(|below| below.index == stage.index)
        })
        .collect()
}

fn updates<'m>(model: &'m Model<'_>, stage: &Stage) -> Vec<Update<'m>> {
    let mut found = Vec::new();
    for step in runs_of(model, stage) {
        let mut here: Vec<Update<'_>> = Vec::new();
        let mut used: Vec<Manager> = Vec::new();
        let mut is_emptied = false;
        let mut count = 0;
        visit(model, step, &mut |command, understood, at| {
            count += 1;
            match understood {
                Understood::PackageMaintenance(maintenance) => match maintenance.action {
                    Maintenance::Update
                        if matches!(maintenance.manager, Manager::Apt | Manager::Apk)
                            || maintenance.verb.is_any(&["makecache"]) =>
                    {
                        let Some(name) = command.name_word() else { return };
                        here.push(Update {
                            step,
                            manager: maintenance.manager,
                            tool: maintenance.tool.to_owned(),
                            place: name.place().cover(maintenance.verb.place()),
                            start: at.invocation.range().start.into(),
                            is_alone: false,
                        });
                    }
                    Maintenance::Upgrade | Maintenance::DistributionUpgrade | Maintenance::Download => {
                        used.push(maintenance.manager);
                    }
                    Maintenance::Query => used.push(maintenance.manager),
                    _ => {}
                },
                Understood::PackageInstall(install) => used.push(install.manager),
                // It may install what it likes.
                Understood::Unknown => used.extend([Manager::Apt, Manager::Apk, Manager::Rpm]),
                _ => {}
            }
        });
        is_emptied |= model
            .cache_uses(step)
            .iter()
            .any(|one| matches!(one.cache, Cache::AptLists | Cache::Apk) && one.clean_at_end);
        let mounted = model
            .mount_points(step)
            .iter()
            .any(|mount| mount.starts_with("/var/lib/apt") || mount.starts_with("/var/cache/apk"));
        let is_plain = count == 1 && step.ast.flags().next().is_none();
        here.retain(|one| !used.contains(&one.manager) && !is_emptied && !mounted);
        found.extend(here.into_iter().take(1).map(|one| Update { is_alone: is_plain, ..one }));
    }
    found
}

fn runs_of<'m>(model: &'m Model<'_>, stage: &Stage) -> impl Iterator<Item = &'m Step> {
    let steps = &model.steps()[stage.steps.clone()];
    steps.iter().filter(|step| matches!(step.ast, Instruction::Run(_)) && !model.has_error(step))
}

/// Installations behind the update that fetch no lists themselves.
fn installs<'m>(model: &'m Model<'_>, stage: &Stage, update: &Update<'_>) -> Vec<Install<'m>> {
    let mut found = Vec::new();
    for step in runs_of(model, stage).filter(|step| step.index > update.step.index) {
        let mut refreshed: Vec<Manager> = Vec::new();
        visit(model, step, &mut |command, understood, at| match understood {
            Understood::PackageMaintenance(maintenance) if maintenance.action == Maintenance::Update => {
                refreshed.push(maintenance.manager);
            }
            Understood::PackageInstall(install) if !install.refreshes && !refreshed.contains(&install.manager) => {
                let Some(name) = command.name_word() else { return };
                let is_file = !install.packages.is_empty()
                    && install
                        .packages
                        .iter()
                        .all(|package| matches!(package.kind, dfopt_semantic::command::packages::PackageKind::File));
                if is_file || matches!(install.tool, "dpkg" | "rpm") {
                    return;
                }
                let is_head = matches!(at.invocation.connector_before, Connector::Start | Connector::And)
                    && at.invocation.subshells.is_empty()
                    && is_in_text(model, name);
                found.push(Install {
                    step,
                    manager: install.manager,
                    place: name.place().cover(install.verb.place()),
                    start: at.invocation.range().start.into(),
                    is_head,
                });
            }
            _ => {}
        });
    }
    found
}

/// Whether the word stands in the file as it is.
fn is_in_text(model: &Model<'_>, word: &Word) -> bool {
    model.text_at(word.place()) == &*word.raw
}

/// The lines of an instruction with their end.
fn whole_line(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let range = step.ast.syntax().text_range();
    let text = model.text();
    let end = usize::from(range.end());
    let line_end = if text[..end].ends_with('\n') { end } else { end + text[end..].find('\n')? + 1 };
    let start = text[..usize::from(range.start())].rfind('\n').map_or(0, |at| at + 1);
    let is_blank = text[start..usize::from(range.start())].trim().is_empty();
    is_blank.then(|| {
        TextRange::new(
            TextSize::new(u32::try_from(start).unwrap_or(0)),
            TextSize::new(u32::try_from(line_end).unwrap_or(0)),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_update_is_marked() {
        check(
            &RULE,
            "
FROM debian AS a
RUN sudo apt-get -q update
         ^^^^^^^^^^^^^^^^^ these lists are old when a later `RUN` uses them from the cache [fix]
RUN x=1 && apt-get install -y b
FROM a
RUN apk update
    ^^^^^^^^^^ these lists are old when a later `RUN` uses them from the cache
",
        );
    }

    #[test]
    fn used_or_emptied_at_once() {
        check_ok(
            &RULE,
            "
FROM debian
RUN apt-get update && apt-get install -y a
RUN apt-get install -y b
RUN apt-get update && rm -rf /var/lib/apt/lists/*
RUN apt-get update && ./install.sh
RUN --mount=type=cache,target=/var/lib/apt apt-get update
RUN dnf check-update
",
        );
    }

    #[test]
    fn it_moves_to_the_installation() {
        check_fix(
            &RULE,
            "FROM debian\nRUN apt-get update\nENV A=b\nRUN apt-get install -y b\n",
            "FROM debian\nENV A=b\nRUN apt-get update && apt-get install -y b\n",
        );
    }
}
