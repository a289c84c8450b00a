//! `command-line-in-one-string`

use dfopt_semantic::model::{Model, Step};
use dfopt_syntax::ast::{CommandForm, Instruction};

use crate::rule::declare_rule;
use crate::site::carried_out;
use crate::{Applicability, Category, Context, Severity};

declare_rule! {
    /// A JSON command is one string with blanks in it.
    ///
    /// ## Why
    ///
    /// Each string is one argument. The whole of the only one is taken for the name of a program, which does not exist.
    ///
    /// ## Example
    ///
    /// ```dockerfile
    /// FROM node:24
    /// CMD ["node server.js"]
    /// ```
    ///
    /// Use instead:
    ///
    /// ```dockerfile
    /// FROM node:24
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// ## Fix safety
    ///
    /// The fix divides the string at its blanks, and is there only for plain words.
    "command-line-in-one-string" {
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
        let Some(ast) = carried_out(step) else { continue };
        let Some(CommandForm::Exec(json)) = ast.command() else { continue };
        let strings: Vec<_> = json.strings().collect();
        let [only] = strings.as_slice() else { continue };
        let text = only.value();
        let is_argument = matches!(ast, Instruction::Cmd(_)) && has_entrypoint(model, step);
        if !text.trim().contains(char::is_whitespace) || is_argument || is_file(model, &text) {
            continue;
        }
        let report = ctx
            .report(only, "a program of this whole name is looked for")
            .help("give each argument a string of its own");
        let words: Vec<String> = text.split_whitespace().map(|word| format!("\"{word}\"")).collect();
        if text.chars().all(is_plain) {
            report.fix("Divide it", |fix| fix.replace(only, words.join(", ")));
        }
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '/' | ':' | '=' | '@' | '%' | '+' | ',' | '-')
}

/// Whether an ENTRYPOINT of the stage, or of the base as far as known, gets the text as an argument.
fn has_entrypoint(model: &Model<'_>, step: &Step) -> bool {
    let Some(stage) = model.stage_of(step) else { return false };
    let mut steps = model.chain(stage).take(model.stages().len()).flat_map(|stage| model.stage_steps(stage));
    if steps.any(|step| matches!(step.ast, Instruction::Entrypoint(_))) {
        return true;
    }
    // A script of the base hands over to the program that it is given.
    let facts = model.base_facts(stage);
    let entrypoint = facts.and_then(|facts| facts.entrypoint).unwrap_or_default();
    entrypoint.first().is_some_and(|program| !program.ends_with(".sh") && !program.contains("entrypoint"))
}

/// Whether the context has a file of that name.
fn is_file(model: &Model<'_>, text: &str) -> bool {
    model
        .context()
        .is_some_and(|context| context.entry(text.trim_start_matches("./").trim_start_matches('/')).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_fix, check_ok};

    #[test]
    fn the_string_is_marked() {
        check(
            &RULE,
            "
FROM a
CMD [\"a b\"]
    ^^^^^ a program of this whole name is looked for [fix]
RUN [\"a && b\"]
    ^^^^^^^^ a program of this whole name is looked for
HEALTHCHECK CMD [\"curl localhost\"]
                ^^^^^^^^^^^^^^^^ a program of this whole name is looked for [fix]
"
            .replace("    ^^^^^ a", "     ^^^^^ a")
            .replace("    ^^^^^^^^ a", "     ^^^^^^^^ a")
            .replace("                ^^^^^^^^^^^^^^^^ a", "                 ^^^^^^^^^^^^^^^^ a")
            .as_str(),
        );
        check_ok(
            &RULE,
            "FROM a\nENTRYPOINT [\"sh\", \"-c\"]\nCMD [\"a b\"]\nRUN [\"a\", \"b c\"]\nRUN [\"a \"]\nCMD a b\n",
        );
    }

    #[test]
    fn it_is_divided() {
        check_fix(&RULE, "FROM a\nCMD [\"a  -b /c\"]\n", "FROM a\nCMD [\"a\", \"-b\", \"/c\"]\n");
    }
}
