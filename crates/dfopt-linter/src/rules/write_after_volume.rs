//! `write-after-volume`

use dfopt_semantic::context::join_clean;
use dfopt_semantic::effects::{Resource, is_below};
use dfopt_semantic::model::{ExpandedText, Model, Step, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::site::absolute;
use crate::{Category, Context, Severity};

declare_rule! {
    /// Something is written below a `VOLUME` that is declared above.
    ///
    /// ## Why
    ///
    /// Some builders drop it, because the directory is a volume from there on; BuildKit keeps it. The image depends on who builds
    /// it.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// VOLUME /data
    /// COPY seed /data/seed
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// COPY seed /data/seed
    /// VOLUME /data
    /// ```
    "write-after-volume" {
        category: Category::Correctness,
        severity: Severity::Info,
        fix: None,
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages() {
        let mut stages: Vec<_> = model.chain(stage).take(model.stages().len()).collect();
        stages.reverse();
        let mut volumes: Vec<(String, TextRange)> = Vec::new();
        for step in stages.iter().flat_map(|stage| model.stage_steps(stage)) {
            if let Instruction::Volume(_) = step.ast {
                volumes.extend(model.expanded_texts(step, &step.ast).iter().filter_map(volume));
            }
            if step.stage != Some(stage.index) || volumes.is_empty() {
                continue;
            }
            for (path, place) in written(model, step) {
                let Some((volume, declared)) = volumes.iter().find(|(volume, _)| is_below(&path, volume)) else {
                    continue;
                };
                ctx.report(
                    place,
                    format!("`{volume}` is a volume already, and some builders drop what is written there"),
                )
                .related(*declared, "from here on")
                .help("write before `VOLUME`");
                break;
            }
        }
    }
}

/// An absolute path of VOLUME.
fn volume(text: &ExpandedText) -> Option<(String, TextRange)> {
    let path = text.known().filter(|path| text.role == TextRole::Volume && path.starts_with('/') && *path != "/")?;
    Some((join_clean("/", path), text.whole()))
}

/// The literal paths that an instruction surely writes.
fn written(model: &Model<'_>, step: &Step) -> Vec<(String, TextRange)> {
    match &step.ast {
        Instruction::Copy(_) | Instruction::Add(_) => {
            let to = step.copied(model).and_then(|copied| copied.destination);
            let path = to.as_ref().and_then(|to| absolute(step, to.text.known()?));
            path.zip(to).map(|(path, to)| (path, to.range)).into_iter().collect()
        }
        Instruction::Run(_) => {
            let effects = model.effects(step);
            let mounted = model.mount_points(step);
            let literal = |resource: &Resource| match resource {
                Resource::Path(path) => path.as_literal(),
                _ => None,
            };
            let is_mounted = |path: &String| mounted.iter().any(|mount| path.starts_with(mount.as_str()));
            effects
                .writes
                .surely()
                .filter_map(literal)
                .filter(|path| !is_mounted(path))
                .map(|path| (path, step.keyword_range()))
                .collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn writes_are_marked() {
        check(
            &RULE,
            "
FROM x AS y
VOLUME [\"/data/\", \"/log\"]
FROM y
WORKDIR /log
COPY a .
       ^ `/log` is a volume already, and some builders drop what is written there
RUN mkdir /data/b
^^^ `/data` is a volume already, and some builders drop what is written there
",
        );
        check_ok(
            &RULE,
            "FROM x\nCOPY a /data/\nRUN touch /data/b\nVOLUME /data\nCOPY a /database\nRUN unknown\nCOPY a $X\nFROM z\nCOPY a /data\n",
        );
    }
}
