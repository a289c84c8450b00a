//! `chown-of-earlier-layer`

use dfopt_semantic::command::files::{Depth, FileAction, FileOp};
use dfopt_semantic::command::{Command, Understood};
use dfopt_semantic::effects::PathPattern;
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::{AstNode, Instruction};
use dfopt_syntax::{TextRange, TextSize};

use crate::rule::declare_rule;
use crate::runs::visit;
use crate::{Applicability, Category, Context, Place, Severity};

declare_rule! {
    /// The owner or mode of copied files is changed in a later layer.
    ///
    /// ## Why
    ///
    /// A layer holds whole files: one with another owner or mode is stored once more, so the image holds every file twice. `COPY` sets both by
    /// itself.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY . /app
    /// RUN chown -R node:node /app
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// COPY --chown=node:node . /app
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The directory itself, and files that were there before, keep the owner and mode that they have.
    "chown-of-earlier-layer" {
        category: Category::Size,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &["tally/prefer-copy-chmod"],
        since: "0.1.0",
        check: check,
    }
}

/// Files that a COPY or ADD put somewhere.
struct Copied<'m> {
    step: &'m Step,
    to: String,
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for stage in model.stages().iter().filter(|stage| stage.is_shipped()) {
        let mut copied: Vec<Copied<'_>> = Vec::new();
        for step in model.layers(stage) {
            match &step.ast {
                Instruction::Copy(_) | Instruction::Add(_) => {
                    let to = step.copied(model).and_then(|copied| copied.destination);
                    let to = to.as_ref().and_then(|to| step.absolute(to.text.known()?));
                    copied.extend(to.map(|to| Copied { step, to }));
                }
                // A stage below tells of its own.
                Instruction::Run(_) if step.stage == Some(stage.index) && !model.has_error(step) => {
                    run(ctx, step, &copied);
                }
                _ => {}
            }
        }
    }
}

fn run(ctx: &mut Context<'_>, step: &Step, copied: &[Copied<'_>]) {
    let model = ctx.model();
    let mut count = 0;
    let mut found: Vec<(TextRange, usize, Option<Change>, bool)> = Vec::new();
    visit(model, step, &mut |command, understood, at| {
        count += 1;
        let Understood::File(op) = understood else { return };
        if !matches!(op.action, FileAction::Owner | FileAction::Mode) || refers(command) {
            return;
        }
        for target in &op.targets {
            let mut pattern = at.state.pattern(*target);
            if pattern.is_any() || model.is_mounted(step, &pattern) {
                continue;
            }
            if op.depth == Depth::Trees {
                pattern = pattern.with_everything_below();
            }
            // The whole image is changed for other reasons.
            if pattern.covers(&PathPattern::literal("/usr/bin/env")) {
                continue;
            }
            let hit = copied
                .iter()
                .position(|one| pattern.covers(&PathPattern::literal(&one.to)) && !has_it(model, one.step, op));
            let Some(hit) = hit else { continue };
            let range = command.range();
            let place = range.place();
            let is_same = at.state.path(*target).is_some_and(|path| path == copied[hit].to);
            let change = Change::of(op, copied[hit].step).filter(|_| is_same && op.targets.len() == 1);
            found.push((place, hit, change, op.depth == Depth::Trees));
            break;
        }
    });
    for (place, hit, change, is_tree) in found {
        let Some(one) = copied.get(hit) else { continue };
        let mut report = ctx
            .report(place, "these files are in the image twice, before and after this change")
            .related(one.step.keyword_range(), "they are copied here");
        if !is_tree {
            report = report.severity(Severity::Info);
        }
        let line = whole_lines(model, step).filter(|_| count == 1 && step.ast.flags().next().is_none());
        match change.zip(line) {
            Some((change, line)) if one.step.stage == step.stage => {
                let at = one.step.keyword_range().end();
                report.fix(format!("Copy with `{}`", change.flag), |fix| {
                    fix.insert(at, format!(" {}", change.flag));
                    fix.delete(line);
                });
            }
            _ => {
                report.help("set owner and mode with `--chown` and `--chmod` of the copy");
            }
        }
    }
}

/// The flag that does the same.
struct Change {
    flag: String,
}

impl Change {
    fn of(op: &FileOp<'_>, copy: &Step) -> Option<Self> {
        let flag = match op.action {
            FileAction::Owner => {
                let owner = op.owner?.text()?;
                let is_name = !owner.split(':').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
                if owner.is_empty() || (is_name && copy.ast.flag("link").is_some()) {
                    return None;
                }
                format!("--chown={owner}")
            }
            FileAction::Mode => {
                let mode = op.mode?.text()?;
                let is_octal = matches!(mode.len(), 3 | 4) && mode.bytes().all(|b| matches!(b, b'0'..=b'7'));
                if !is_octal {
                    return None;
                }
                format!("--chmod={mode}")
            }
            _ => return None,
        };
        let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default();
        copy.ast.flag(name).is_none().then_some(Self { flag })
    }
}

/// Whether the copy sets that owner already; then the command is for other files.
fn has_it(model: &Model<'_>, copy: &Step, op: &FileOp<'_>) -> bool {
    let (name, value) = match op.action {
        FileAction::Owner => ("chown", op.owner),
        _ => ("chmod", op.mode),
    };
    let Some(flag) = copy.flag_text(model, name) else { return false };
    let user = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    flag.known().zip(value.and_then(|value| value.text())).is_none_or(|(set, asked)| user(set) == user(asked))
}

fn refers(command: &Command<'_>) -> bool {
    command.args().iter().any(|word| word.static_prefix().starts_with("--reference"))
}

/// The lines of an instruction with their end, if nothing else stands there.
fn whole_lines(model: &Model<'_>, step: &Step) -> Option<TextRange> {
    let range = step.ast.syntax().text_range();
    let text = model.text();
    let end = usize::from(range.end());
    let end = match text[..end].ends_with('\n') {
        true => end,
        false => text[end..].find('\n').map_or(text.len(), |at| end + at + 1),
    };
    let is_first = text[..usize::from(range.start())].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    let end = TextSize::new(u32::try_from(end).ok()?);
    is_first.then(|| TextRange::new(range.start(), end.max(range.start())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_command_is_marked() {
        check(
            &RULE,
            "
FROM a
WORKDIR /app
COPY . .
COPY run.sh /bin/
RUN x && chown -R app /app && chmod +x run.sh /bin/run.sh
         ^^^^^^^^^^^^^^^^^ these files are in the image twice, before and after this change
COPY b /b
RUN chmod 0755 /b
    ^^^^^^^^^^^^^ these files are in the image twice, before and after this change [fix]
",
        );
    }

    #[test]
    fn others() {
        check_ok(
            &RULE,
            "
FROM a AS f
COPY . /app
RUN chown -R app /app
FROM a
COPY --chown=app . /app
RUN chown -R app /app && chown -R --reference=/x /app && chown -R b /var/lib/b && chown app /elsewhere
RUN mkdir /data && chown app /data
",
        );
    }

    #[test]
    fn the_copy_sets_it() {
        check_fix(
            &RULE,
            "FROM a\nCOPY --link . /app\nRUN chown -R 1000:1000 /app\nCMD x\n",
            "FROM a\nCOPY --chown=1000:1000 --link . /app\nCMD x\n",
        );
    }
}
