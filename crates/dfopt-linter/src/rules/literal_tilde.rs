//! `literal-tilde`

use dfopt_semantic::model::{ExpandedText, Model, Step, TextRole};
use dfopt_syntax::TextRange;
use dfopt_syntax::TextSize;
use dfopt_syntax::ast::{AstNode, CommandForm, Instruction};

use crate::rule::declare_rule;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A path begins with `~`, which only a shell reads as the home directory.
    ///
    /// ## Why
    ///
    /// The builder makes a directory that is called `~`.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY profile ~/.profile
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY profile /root/.profile
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix takes the home directory of the user in force, which is a guess.
    "literal-tilde" {
        category: Category::Correctness,
        severity: Severity::Warning,
        fix: Some(Applicability::Unsafe),
        aliases: &[],
        since: "0.1.0",
        check: check,
    }
}

fn check(ctx: &mut Context<'_>) {
    let model = ctx.model();
    for step in model.steps().iter().filter(|step| step.stage.is_some() && !model.is_windows(step)) {
        let mut tildes: Vec<TextRange> = match &step.ast {
            Instruction::Env(_) => of_lists(model, step),
            Instruction::Workdir(_) | Instruction::Copy(_) | Instruction::Add(_) | Instruction::Volume(_) => {
                let texts = model.expanded_texts(step, &step.ast);
                let paths = texts
                    .iter()
                    .filter(|text| matches!(text.role, TextRole::Argument | TextRole::Destination | TextRole::Volume));
                paths.filter_map(of_path).collect()
            }
            _ => Vec::new(),
        };
        if let Some(CommandForm::Exec(json)) = step.ast.command()
            && let Some(program) = json.strings().next().filter(|program| program.value().starts_with("~/"))
        {
            tildes.push(TextRange::at(program.range().start() + TextSize::new(1), TextSize::new(1)));
        }
        for tilde in tildes {
            let report = ctx.report(tilde, "`~` is a name like any other here");
            if let Some(home) = home(model, step).filter(|_| model.text_at(tilde) == "~") {
                report.fix(format!("Change to `{home}`"), |fix| fix.replace(tilde, home));
            }
        }
    }
}

/// The tilde that a path begins with.
fn of_path(text: &ExpandedText) -> Option<TextRange> {
    let path = text.raw.trim_start_matches(['"', '\'']);
    let start = text.raw.len() - path.len();
    let is_home = path
        .strip_prefix('~')
        .is_some_and(|rest| rest.trim_end_matches(['"', '\'']).is_empty() || rest.starts_with('/'));
    is_home.then(|| text.range(start..start + 1))
}

/// The first tilde that a directory of `PATH` or a similar list begins with.
fn of_lists(model: &Model<'_>, step: &Step) -> Vec<TextRange> {
    let texts = model.expanded_texts(step, &step.ast);
    let mut found = Vec::new();
    for pair in step.ast.pairs() {
        let is_list =
            pair.name().is_some_and(|name| matches!(name.raw().as_str(), "PATH" | "LD_LIBRARY_PATH" | "PYTHONPATH"));
        let Some(value) = pair.value().filter(|_| is_list) else { continue };
        let Some(text) = texts.iter().find(|text| text.role == TextRole::Value && text.whole() == value.range()) else {
            continue;
        };
        let is_start = |at: usize| at == 0 || text.raw[..at].ends_with([':', '"', '\'']);
        let ends = |at: usize| text.raw[at + 1..].is_empty() || text.raw[at + 1..].starts_with(['/', ':', '"', '\'']);
        let tilde = text.raw.match_indices('~').map(|(at, _)| at).find(|&at| is_start(at) && ends(at));
        found.extend(tilde.map(|at| text.range(at..at + 1)));
    }
    found
}

/// The home directory, where it can be told.
fn home(model: &Model<'_>, step: &Step) -> Option<&'static str> {
    let is_exec = step.ast.command().is_some();
    if !is_exec && model.scope(step).variable("HOME").is_some() {
        return Some("$HOME");
    }
    let is_root = model.runs_as_root(step).unwrap_or(step.user.is_none());
    is_root.then_some("/root")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_tilde_is_marked() {
        check(
            &RULE,
            "
FROM a
WORKDIR ~
        ^ `~` is a name like any other here [fix]
COPY x ~/y
       ^ `~` is a name like any other here [fix]
VOLUME [\"~/z\"]
         ^ `~` is a name like any other here [fix]
ENV A=~/a PATH=\"/b:~/c:$PATH\"
                   ^ `~` is a name like any other here [fix]
CMD [\"~/run\", \"~/x\"]
      ^ `~` is a name like any other here [fix]
USER app
WORKDIR ~/w
        ^ `~` is a name like any other here
",
        );
        check_ok(
            &RULE,
            "FROM a\nWORKDIR /a/~/b\nCOPY ~/x /y\nCOPY x ~y\nRUN cd ~ && x\nENV B=~/a PATH=/a~/b\nCMD ~/x\n",
        );
    }

    #[test]
    fn the_home_directory_takes_its_place() {
        check_fix(
            &RULE,
            "FROM a\nCOPY x \"~/y\"\nENV HOME=/h\nWORKDIR ~\nENTRYPOINT [\"~/r\"]\n",
            "FROM a\nCOPY x \"/root/y\"\nENV HOME=/h\nWORKDIR $HOME\nENTRYPOINT [\"/root/r\"]\n",
        );
    }
}
