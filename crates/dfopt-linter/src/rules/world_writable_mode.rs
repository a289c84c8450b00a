//! `world-writable-mode`

use dfopt_semantic::command::files::FileAction;
use dfopt_semantic::command::{Command, Understood, understand};
use dfopt_semantic::model::{Model, Role, Step, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::rule::declare_rule;
use crate::{Category, Context, Place, Severity, runs};

declare_rule! {
    /// Files are made writable for everyone.
    ///
    /// ## Why
    ///
    /// Whoever gets any foothold in the container can change them: programs, start scripts, settings. The user of the program should own what it
    /// has to write.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN mkdir /data && chmod 777 /data
    /// USER 10001
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM debian:13-slim
    /// RUN mkdir /data && chown 10001 /data
    /// USER 10001
    /// ```
    "world-writable-mode" {
        category: Category::Security,
        severity: Severity::Warning,
        fix: None,
        aliases: &["S2612", "DF034", "tally/world-writable-state-path-workaround"],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for run in runs::of_file(model) {
        for command in run.commands() {
            if command.name() == Some("umask") {
                let mask = command.args().iter().find(|word| word.is_any(&["0", "00", "000", "0000"]));
                if let Some(mask) = mask {
                    report(ctx, run.step, mask.range.place(), "what follows is writable for everyone");
                }
                continue;
            }
            if let Some(place) = mode_of(&command) {
                report(ctx, run.step, place, "writable for everyone");
            }
        }
    }
    for step in model.steps().iter().filter(|step| matches!(step.ast, Instruction::Copy(_) | Instruction::Add(_))) {
        for text in model.expanded_texts(step, &step.ast) {
            let is_mode = matches!(&text.role, TextRole::Flag(name) if name == "chmod");
            if is_mode && text.known().is_some_and(is_world_writable) {
                report(ctx, step, text.whole(), "writable for everyone");
            }
        }
    }
}

fn report(ctx: &mut Context<'_>, step: &Step, place: TextRange, message: &str) {
    let role = role(ctx.model(), step);
    let report = ctx.report(place, message).help("give the files to the user that needs to write them");
    if role != Role::Shipped {
        report.severity(Severity::Info);
    }
}

fn role(model: &Model<'_>, step: &Step) -> Role {
    model.stage_of(step).map_or(Role::Shipped, |stage| stage.role)
}

/// Where a command gives a mode that lets everyone write.
fn mode_of(command: &Command<'_>) -> Option<TextRange> {
    let Understood::File(op) = understand(command) else { return None };
    let gives_mode = matches!(op.action, FileAction::Mode | FileAction::MakeDirectory | FileAction::Copy);
    let mode = op.mode.filter(|_| gives_mode)?;
    let is_device = op.targets.iter().any(|target| target.text().is_some_and(|path| path.starts_with("/dev/")));
    (!is_device && is_world_writable(mode.text()?)).then(|| mode.place())
}

/// Whether a mode, octal or symbolic, lets everyone write; a sticky directory is made for that.
fn is_world_writable(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|b| b.is_ascii_digit()) {
        let bits = u32::from_str_radix(mode, 8).unwrap_or(0);
        return bits & 0o002 != 0 && bits & 0o1000 == 0;
    }
    let lets_write = |clause: &str| {
        let who = clause.len() - clause.trim_start_matches(['u', 'g', 'o', 'a']).len();
        let (who, actions) = clause.split_at(who);
        let mut given = false;
        let mut action = ' ';
        for c in actions.chars() {
            match c {
                '+' | '-' | '=' => action = c,
                'w' => given = action != '-',
                _ => {}
            }
        }
        who.contains(['o', 'a']) && given
    };
    !mode.contains('t') && mode.split(',').any(lets_write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_ok};

    #[test]
    fn modes_are_marked() {
        check(
            &RULE,
            "
FROM a
RUN chmod -R 777 /a && mkdir -m 0777 /b
             ^^^ writable for everyone
                                ^^^^ writable for everyone
RUN umask 000 && chmod a+rwx /c && chmod o=rw d
          ^^^ what follows is writable for everyone
                       ^^^^^ writable for everyone
                                         ^^^^ writable for everyone
COPY --chmod=666 a /b
             ^^^ writable for everyone
",
        );
    }

    #[test]
    fn other_modes_are_fine() {
        check_ok(
            &RULE,
            "FROM a\nRUN chmod 1777 /tmp && chmod 775 b && chmod +w c && chmod o-w d && chmod a+rwt e && chmod u+w,o+r f\nRUN chmod 666 /dev/null\nRUN chmod $MODE x\nCOPY --chmod=755 a b\n",
        );
    }

    #[test]
    fn modes_are_read_as_chmod_does() {
        for mode in ["777", "0666", "2", "o+w", "a=rwx", "ugo+w", "u=rwx,o+w", "go+rw"] {
            assert!(is_world_writable(mode), "{mode}");
        }
        for mode in ["755", "1777", "", "g+w", "u+w", "o+r-w", "o-w", "a+rx", "+w"] {
            assert!(!is_world_writable(mode), "{mode}");
        }
    }
}
