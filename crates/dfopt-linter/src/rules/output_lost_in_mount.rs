//! `output-lost-in-mount`

use dfopt_semantic::command::Understood;
use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::context::join_clean;
use dfopt_semantic::effects::{Meant, Resource, is_below};
use dfopt_semantic::model::{Model, ReferenceTarget, Step};
use dfopt_semantic::mount::{Mount, MountKind};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Category, Context, Severity};

declare_rule! {
    /// What a `RUN` builds lies in a mount, and is missing where it is needed.
    ///
    /// ## Why
    ///
    /// A cache, a tmpfs or a writable bind mount belongs to the instruction alone. What is written there is in no layer.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM rust:1.90 AS build
    /// WORKDIR /src
    /// COPY . .
    /// RUN --mount=type=cache,target=/src/target cargo build --release
    /// FROM debian:13
    /// COPY --from=build /src/target/release/app /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM rust:1.90 AS build
    /// WORKDIR /src
    /// COPY . .
    /// RUN --mount=type=cache,target=/src/target cargo build --release && cp target/release/app /app
    /// FROM debian:13
    /// COPY --from=build /app /app
    /// ```
    "output-lost-in-mount" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Run(_))) {
        for (target, place) in lost_mounts(model, step) {
            if takes_out(model, step) || is_made_elsewhere(model, step, &target) {
                continue;
            }
            if let Some(consumer) = consumer(model, step, &target) {
                ctx.report(place, format!("what is written to `{target}` is in no layer"))
                    .related(consumer, "needed here")
                    .help("copy it to another place in the same `RUN`");
            }
        }
    }
}

/// The mounts of a RUN whose content is gone afterwards, with the place of the target.
fn lost_mounts(model: &Model<'_>, step: &Step) -> Vec<(String, TextRange)> {
    let is_lost = |mount: &Mount| match mount.effective_kind() {
        Some(MountKind::Cache | MountKind::Tmpfs) => true,
        Some(MountKind::Bind) => mount.is_read_only() == Some(false),
        _ => false,
    };
    let flags = step.ast.flags().filter(|flag| flag.name().as_deref() == Some("mount"));
    let mounts = model.mounts(step);
    let mut found = Vec::new();
    for (flag, mount) in flags.zip(mounts) {
        let is_absolute = mount
            .target
            .as_ref()
            .and_then(|target| target.value.as_ref())
            .is_some_and(|target| target.starts_with('/'));
        let workdir = if is_absolute { Some("/") } else { step.workdir.known() };
        let Some(target) = workdir.and_then(|workdir| mount.mounted_at(workdir)).filter(|_| is_lost(mount)) else {
            continue;
        };
        let field = flag.fields().find(|field| {
            field.key().is_some_and(|key| matches!(key.to_ascii_lowercase().as_str(), "target" | "dst" | "destination"))
        });
        if let Some(place) = field.and_then(|field| field.value_range()) {
            found.push((target, place));
        }
    }
    found
}

/// Whether the RUN copies something somewhere itself, as far as can be told.
fn takes_out(model: &Model<'_>, step: &Step) -> bool {
    let mut takes = !model.script(step).is_some_and(|script| script.script.complete);
    model.walk(step, &mut |here| {
        let Some(Meant { command, understood }) = here.meant else { return };
        takes |= match understood {
            Understood::File(file) => matches!(file.action, FileAction::Copy | FileAction::Move | FileAction::Link),
            Understood::Pack(_) | Understood::Extract(_) => true,
            _ => command.name().is_none_or(|name| name.ends_with(".sh")),
        };
    });
    takes
}

/// Whether another instruction of the chain puts something at the place.
fn is_made_elsewhere(model: &Model<'_>, step: &Step, target: &str) -> bool {
    let Some(stage) = model.stage_of(step) else { return true };
    let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    steps.any(|other| match &other.ast {
        Instruction::Copy(_) | Instruction::Add(_) => {
            let to = other.copied(model).and_then(|copied| copied.destination);
            let path = to.as_ref().and_then(|to| absolute(other, to.text.known()?));
            path.is_some_and(|path| is_below(&path, target))
        }
        Instruction::Run(_) if other.index != step.index => {
            let is_mounted = model.mount_points(other).iter().any(|mount| is_below(target, mount));
            let writes = |resource: &Resource| match resource {
                Resource::Path(path) => path.is_below(target),
                _ => false,
            };
            !is_mounted && model.effects(other).writes.surely().any(writes)
        }
        _ => false,
    })
}

/// Where something below the place is copied from the stage.
fn consumer(model: &Model<'_>, step: &Step, target: &str) -> Option<TextRange> {
    let here = step.stage?;
    let copies = model.references().iter().filter(|reference| reference.target == ReferenceTarget::Stage(here));
    copies.into_iter().find_map(|reference| {
        let copied = model.steps().get(reference.step)?.copied(model)?;
        let source = copied
            .sources
            .iter()
            .find(|source| source.text.known().is_some_and(|path| is_below(&join_clean("/", path), target)));
        source.map(|source| source.range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn the_target_is_marked() {
        check(
            &RULE,
            "
FROM x AS b
WORKDIR /src
RUN --mount=type=cache,target=target cargo build --release
                              ^^^^^^ what is written to `/src/target` is in no layer
FROM y
COPY --from=b /src/target/release/app /app
",
        );
        check(
            &RULE,
            "
FROM x AS b
RUN --mount=type=tmpfs,target=/out make
                              ^^^^ what is written to `/out` is in no layer
FROM y
COPY --from=b /out /app
",
        );
    }

    #[test]
    fn what_is_taken_out_or_not_needed() {
        for run in [
            "RUN --mount=type=cache,target=/out make && cp /out/a /a",
            "RUN --mount=type=cache,target=/out ./build.sh",
            "RUN --mount=type=cache,target=/other make",
            "RUN --mount=type=bind,target=/out make",
            "COPY a /out/\nRUN --mount=type=cache,target=/out make",
            "RUN mkdir -p /out/a\nRUN --mount=type=cache,target=/out make",
        ] {
            check_ok(&RULE, &format!("FROM x AS b\n{run}\nFROM y\nCOPY --from=b /out/a /app\n"));
        }
    }
}
