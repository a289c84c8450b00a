//! `cd-in-run`

use dfopt_semantic::command::{Command, Connector};
use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::TextRange;
use dfopt_syntax::ast::Instruction;

use crate::peer::{self, Triggers};
use crate::rule::declare_rule;
use crate::{Applicability, ByDefault, Category, Context, Dialect, Place, Severity};

declare_rule! {
    /// Several `RUN`s of a stage begin by changing into the same directory.
    ///
    /// ## Why
    ///
    /// Each `RUN` starts in the directory of `WORKDIR`. Setting that once is shorter than changing again and again.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN cd /src && go mod download
    /// RUN cd /src && go build -o /app .
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM golang:1.25
    /// WORKDIR /src
    /// RUN go mod download
    /// RUN go build -o /app .
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The directory then also holds for the instructions that follow and for the program that the image starts.
    "cd-in-run" {
        category: Category::Maintainability,
        severity: Severity::Info,
        fix: Some(Applicability::Unsafe),
        aliases: &["DL3003", "DS-0013", "DF008"],
        since: "0.1.0",
        check: check,
        by_default: ByDefault::Off,
        hadolint: Some(Severity::Warning),
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    if ctx.dialect() == Dialect::Hadolint {
        for step in model.steps() {
            let cd = peer::commands(model, step, Triggers::Skipped)
                .iter()
                .filter_map(peer::name)
                .find(|(name, _)| *name == "cd");
            if let Some((_, word)) = cd {
                ctx.report(word, "`cd` in a `RUN`").help("use `WORKDIR`");
            }
        }
        return;
    }
    for stage in model.stages() {
        let leading: Vec<(&Step, Leading)> =
            model.stage_steps(stage).iter().filter_map(|step| Some((step, leading_cd(model, step)?))).collect();
        for (at, (step, cd)) in leading.iter().enumerate() {
            let twins = leading.iter().filter(|(_, other)| other.directory == cd.directory).count();
            if twins < 2 {
                continue;
            }
            let previous = leading[..at].iter().rev().find(|(_, other)| other.directory == cd.directory);
            let directory = &cd.directory;
            let keyword = step.keyword_range();
            let dropped = cd.with_operator;
            let mut report = ctx
                .report(cd.words, format!("{twins} `RUN`s of this stage change into `{directory}`"))
                .help("use `WORKDIR`");
            if let Some((_, previous)) = previous {
                report = report.related(previous.words, "as here");
            }
            report.fix(format!("Set `WORKDIR {directory}` before"), |fix| {
                fix.insert(keyword.start(), format!("WORKDIR {directory}\n"));
                fix.delete(dropped);
            });
        }
    }
}

/// `cd /dir &&` at the start of a RUN.
struct Leading {
    directory: String,
    /// `cd /dir`
    words: TextRange,
    /// The same with `&&` and the blanks behind.
    with_operator: TextRange,
}

fn leading_cd(model: &Model<'_>, step: &Step) -> Option<Leading> {
    if !matches!(step.ast, Instruction::Run(_)) || model.has_error(step) {
        return None;
    }
    let script = model.script(step)?;
    let first = script.script.invocations.first()?;
    let second = script.script.invocations.get(1)?;
    let command = Command::of(first)?;
    let [directory] = command.args() else { return None };
    let path = directory.text().filter(|path| path.starts_with('/') && !path.contains(char::is_whitespace))?;
    let is_plain = command.name() == Some("cd")
        && first.redirects.is_empty()
        && first.assignments.is_empty()
        && first.subshells.is_empty();
    if !is_plain || second.connector_before != Connector::And {
        return None;
    }
    let start = command.name_word()?.range.start;
    let end = directory.range.end;
    let behind = model.text().get(end as usize..)?;
    let operator = behind.find("&&").filter(|&at| behind[..at].trim_matches([' ', '\t']).is_empty())?;
    let rest = &behind[operator + 2..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let skipped = u32::try_from(operator + 2 + blanks).ok()?;
    Some(Leading {
        directory: path.to_owned(),
        words: (start..end).place(),
        with_operator: (start..end + skipped).place(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok, check_with};
    use crate::{Preset, Settings};

    #[test]
    fn the_same_directory_twice() {
        check(
            &RULE,
            "
FROM a
RUN cd /src && x
    ^^^^^^^ 2 `RUN`s of this stage change into `/src` [fix]
RUN cd /other && y
RUN cd /src && z
    ^^^^^^^ 2 `RUN`s of this stage change into `/src` [fix]
",
        );
        check_ok(
            &RULE,
            "FROM a\nRUN cd /src && x\nFROM b\nRUN cd /src && y\nRUN cd $d && x\nRUN cd $d && x\nRUN cd a; x\nRUN cd a; x\n",
        );
    }

    #[test]
    fn workdir_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a\nRUN cd /src && x\nRUN --network=none cd /src && y\n",
            "FROM a\nWORKDIR /src\nRUN x\nWORKDIR /src\nRUN --network=none y\n",
        );
    }

    #[test]
    fn hadolint_marks_any() {
        let settings = Settings::of_preset(Preset::Hadolint);
        check_with(
            &RULE,
            &settings,
            dfopt_semantic::model::Options::default(),
            "FROM a\nRUN x && (cd y; z) && cd w\n          ^^ `cd` in a `RUN`\nONBUILD RUN cd x\n",
        );
    }
}
